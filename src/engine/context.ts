import { dockerAnswers, imageIds } from '../kernel/docker.js';
import { preflightError } from '../check/preflight-check.js';
import { describeDownloads } from '../supply/download.js';
import { joinNetwork } from '../provider/kind/docker-network.js';
import { planImages } from '../supply/plan-images.js';
import { checkDocker, largest, preflight, type DockerFound } from '../check/preflight.js';
import { findPrograms, type ProgramResult } from '../supply/programs.js';
import { provideImages } from '../supply/provide-images.js';
import { settleAll, together } from '../kernel/cancellation.js';
import { hostRoutes, usedSubnets } from '../kernel/used-subnets.js';
import { canCarryLab } from '../supply/lab/debian.js';
import { otherDocker } from '../supply/lab/other-docker.js';
import { chooseIstio } from '../supply/choose-versions.js';
import { readEnvironment } from '../supply/read-environment.js';
import { makePlan } from '../plan/make-plan.js';
import type { Environment, Plan, Topology } from '../topology/types.js';
import { labUpCommand } from '../cli/lab-commands.js';
import type { GlobalOptions } from '../cli/global-options.js';
import { usePrograms } from './programs-on-path.js';
import type { Progress } from '../cli/progress-display.js';
import { versionRequest } from '../supply/version-request.js';

/**
 * Which environment, and in one line why: asked for, else found by looking at the machine. Docker that holds the lab's
 * images is the lab; a machine without any Docker that could build the lab gets it, when clusters are to be made; everything else
 * is `public`. A Docker that does not answer is none of these: the run says what is wrong with it.
 */
export async function chooseEnvironment(
  options: GlobalOptions,
  topologies: readonly Topology[],
): Promise<{ name: string; why: string }> {
  if (options.environment)
    return { name: options.environment, why: `asked for by ${options.environmentFrom ?? '--environment'}` };
  const variable = process.env['MESHPROOF_ENVIRONMENT'];
  if (variable) return { name: variable, why: 'asked for by MESHPROOF_ENVIRONMENT' };
  const labImage = readEnvironment('lab').images['kind-node'];
  if ((await imageIds([labImage])).size > 0)
    return { name: 'lab', why: `the local Docker has the lab's image ${labImage}` };
  if (await dockerAnswers()) return { name: 'public', why: "Docker answers and has none of the lab's images" };
  if (!makesClusters(topologies)) return { name: 'public', why: 'the clusters exist, and need no Docker' };
  const named = process.env['DOCKER_HOST'];
  const docker = named ? `DOCKER_HOST is ${named}` : otherDocker();
  if (docker !== undefined) return { name: 'public', why: `${docker}, but does not answer` };
  if (canCarryLab()) return { name: 'lab', why: 'there is no Docker, and the lab brings its own' };
  return { name: 'public', why: 'the default' };
}

function makesClusters(topologies: readonly Topology[]): boolean {
  return topologies.some(({ provider }) => provider === 'kind');
}

/** The environment for these topologies, with what they need of the lab brought up when it is the lab's, and clusters are to be made. */
export async function openEnvironment(
  options: GlobalOptions,
  topologies: readonly Topology[],
  progress: Progress,
): Promise<Environment> {
  const { name, why } = await chooseEnvironment(options, topologies);
  progress.note(`environment ${name}: ${why}`);
  const environment = await readChosen(name, options);
  // a Docker that the user has named is not the lab's to start
  const ours = environment.base === 'lab' && !process.env['DOCKER_HOST'] && canCarryLab();
  if (!ours || !makesClusters(topologies)) return environment;
  const istio = labIstio(topologies, environment);
  if (!(await labIsUp(environment, istio))) await labUpCommand(options, progress, istio);
  return environment;
}

/** The versions of Istio that topologies need of those that the lab can be made with; an unknown one is the plan's to refuse. */
function labIstio(topologies: readonly Topology[], environment: Environment): string[] {
  const kind = topologies.filter(({ provider }) => provider === 'kind');
  const versions = kind.map((topology) => chooseIstio(topology, environment).version);
  return [...new Set(versions)].filter((version) => environment.istioVersions.includes(version));
}

/** An environment with what the options say of its registry, mirror, images and versions. */
export async function readChosen(name: string, options: GlobalOptions): Promise<Environment> {
  const { registry, mirror, images } = options;
  return readEnvironment(name, { registry, mirror, imagesFile: images, versions: await versionRequest(options) });
}

/** Docker, the node image and Istio's images are there: what the lab needs, as far as it can be told at once. */
async function labIsUp({ images }: Environment, istioVersions: readonly string[]): Promise<boolean> {
  const istio = istioVersions.map((version) => images['istio-proxyv2'].replaceAll('{istio}', version));
  // another Kubernetes than the lab's own is added by `lab build`
  const needed = [readEnvironment('lab').images['kind-node'], images['metallb-speaker'], ...istio];
  return (await imageIds(needed)).size === needed.length;
}

/** The plan of a topology on this machine: its Docker networks and routes are asked for, nothing is made. */
export async function planFor(
  topology: Topology,
  environment: Environment,
  runId: string,
  taken: readonly string[] = [],
): Promise<Plan> {
  if (topology.provider !== 'kind') return makePlan(topology, environment, { runId });
  // without Docker there are no networks, and a run is refused by its preflight
  const [used, routes] = await Promise.all([usedSubnets().catch(() => []), hostRoutes()]);
  const routed = routes.map(({ cidr }) => cidr);
  return makePlan(topology, environment, { runId, usedSubnets: [...used, ...taken], routed });
}

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
  return { kind: paths.get('kind') ?? 'kind', istioctl: paths.get('istioctl')! };
}

/** Looks at Docker while programs are downloaded, which ends as soon as something is wrong with Docker. */
async function findAll(plan: Plan, meshIsUp: boolean): Promise<[ProgramResult[], DockerFound | undefined]> {
  const [docker] = plan.provider === 'kind' ? await findPrograms(plan, ['docker']) : [];
  if (docker) usePrograms([docker]);
  const usable = docker && !('error' in docker);
  let found: DockerFound | undefined;
  let programs: ProgramResult[] = [];
  await settleAll([
    usable ? checkDocker(plan, docker.path, { meshIsUp }).then((answer) => void (found = answer)) : Promise.resolve(),
    findPrograms(plan).then((answer) => void (programs = answer)),
  ]);
  return [programs, found];
}
