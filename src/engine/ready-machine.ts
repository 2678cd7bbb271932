import type { Host } from '../check/host-view.js';
import { checkDocker, hostError, largest, preflight } from '../check/preflight.js';
import { settleAll, together } from '../kernel/cancellation.js';
import { joinNetwork } from '../provider/kind/docker-network.js';
import { describeDownloads } from '../supply/download.js';
import { planImages } from '../supply/plan-images.js';
import { findPrograms, type ProgramResult } from '../supply/programs.js';
import { provideImages } from '../supply/provide-images.js';
import type { Plan } from '../topology/plan-types.js';
import { usePrograms } from './programs-on-path.js';
import type { Progress } from './progress.js';

/** Absolute paths of the programs that are run by path. */
export interface Programs {
  kind: string;
  istioctl: string;
}

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
  const paths = await progress.step('preflight', { detail: describeDownloads }, async () => {
    const [programs, docker] = await together(() => findAll(plan, meshIsUp));
    const paths = usePrograms(programs, progress);
    const findings = await preflight(plans, programs, docker);
    const error = hostError(findings);
    if (error) throw error;
    for (const { says, remedy } of findings) progress.note(`${says}; ${remedy}`);
    return paths;
  });
  if (plan.provider === 'kind') {
    if (meshIsUp) await joinNetwork(plan.docker.network);
    else await provideImages(plan.environment, planImages(plans), progress);
  }
  return { kind: paths.get('kind') ?? 'kind', istioctl: paths.get('istioctl')! };
}

/** Looks at Docker while programs are downloaded, which ends as soon as something is wrong with Docker. */
async function findAll(plan: Plan, meshIsUp: boolean): Promise<[ProgramResult[], Host['docker']]> {
  const [docker] = plan.provider === 'kind' ? await findPrograms(plan, ['docker']) : [];
  if (docker) usePrograms([docker]);
  const usable = docker && !('error' in docker);
  let found: Host['docker'];
  let programs: ProgramResult[] = [];
  await settleAll([
    usable ? checkDocker(plan, docker.path, { meshIsUp }).then((answer) => void (found = answer)) : Promise.resolve(),
    findPrograms(plan).then((answer) => void (programs = answer)),
  ]);
  return [programs, found];
}
