import type { Host } from '../check/host-view.js';
import { checkDocker, hostError, largest, preflight } from '../check/preflight.js';
import { settleAll, together } from '../kernel/cancellation.js';
import { joinNetwork } from '../provider/kind/docker-network.js';
import { findCharts, type ChartsResult } from '../supply/charts.js';
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
    const [found, docker] = await together(() => findAll(plans, meshIsUp));
    const paths = usePrograms(found.programs, progress);
    const findings = await preflight(plans, found, docker);
    const error = hostError(findings);
    if (error) throw error;
    for (const { says, remedy } of findings) progress.note(`${says}; ${remedy}`);
    return paths;
  });
  if (plan.provider === 'kind') {
    if (meshIsUp) await joinNetwork(plan.docker.network);
    else await provideImages(plan.environment, planImages(plans), progress);
  }
  return found;
}

type Found = Pick<Host, 'programs' | 'charts'>;

/** Looks at Docker while programs and charts are downloaded, which ends as soon as something is wrong with Docker. */
async function findAll(plans: readonly Plan[], meshIsUp: boolean): Promise<[Found, Host['docker']]> {
  const plan = largest(plans);
  const [docker] = plan.provider === 'kind' ? await findPrograms([plan], ['docker']) : [];
  if (docker) usePrograms([docker]);
  const usable = docker && !('error' in docker);
  let found: Host['docker'];
  let programs: ProgramResult[] = [];
  let charts: ChartsResult[] = [];
  await settleAll([
    usable ? checkDocker(plan, docker.path, { meshIsUp }).then((answer) => void (found = answer)) : Promise.resolve(),
    findPrograms(plans).then((answer) => void (programs = answer)),
    findCharts(plans).then((answer) => void (charts = answer)),
  ]);
  return [{ programs, charts }, found];
}
