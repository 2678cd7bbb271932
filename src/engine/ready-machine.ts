import { checkDocker, largest, preflight, type DockerFound } from '../check/preflight.js';
import { settleAll, together } from '../kernel/cancellation.js';
import { preflightError } from '../kernel/preflight-check.js';
import { joinNetwork } from '../provider/kind/docker-network.js';
import { describeDownloads } from '../supply/download.js';
import { planImages } from '../supply/plan-images.js';
import { findPrograms, type ProgramResult } from '../supply/programs-of-plans.js';
import type { Programs } from '../supply/program-paths.js';
import { provideImages } from '../supply/provide-images.js';
import type { Plan } from '../topology/plan-types.js';
import { usePrograms } from './programs-on-path.js';
import type { Progress } from './progress.js';

/**
 * Finds the programs, checks the machine and pulls the images that are missing. Throws (exit 3 or 4) with every reason at once;
 * what is wrong with Docker ends it before anything is downloaded. Programs that were downloaded are put on this process's PATH.
 */
export async function checkMachine(
  plans: readonly Plan[],
  progress: Progress,
  { meshIsUp = false } = {},
): Promise<Programs> {
  const plan = largest(plans);
  const found = await progress.step('preflight', { detail: describeDownloads }, async () => {
    const [programs, docker] = await together(() => findAll(plans, meshIsUp));
    const paths = usePrograms(programs, progress);
    const checks = await preflight(plans, programs, docker);
    const error = preflightError(checks);
    if (error) throw error;
    for (const check of checks) if (!check.ok) progress.note(`${check.name}: ${check.found}; ${check.remedy}`);
    return paths;
  });
  if (plan.provider === 'kind') {
    if (meshIsUp) await joinNetwork(plan.docker.network);
    else await provideImages(plan.environment, planImages(plans), progress);
  }
  return found;
}

/** Looks at Docker while programs are downloaded, which ends as soon as something is wrong with Docker. */
async function findAll(plans: readonly Plan[], meshIsUp: boolean): Promise<[ProgramResult[], DockerFound | undefined]> {
  const plan = largest(plans);
  const [docker] = plan.provider === 'kind' ? await findPrograms([plan], ['docker']) : [];
  if (docker) usePrograms([docker]);
  const usable = docker && !('error' in docker);
  let found: DockerFound | undefined;
  let programs: ProgramResult[] = [];
  await settleAll([
    usable ? checkDocker(plan, docker.path, { meshIsUp }).then((answer) => void (found = answer)) : Promise.resolve(),
    findPrograms(plans).then((answer) => void (programs = answer)),
  ]);
  return [programs, found];
}
