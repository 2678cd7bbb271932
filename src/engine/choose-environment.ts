import { existsSync } from 'node:fs';
import { dockerAnswers, imageIds } from '../kernel/docker.js';
import { planIstio } from '../plan/control-planes.js';
import { canCarryLab } from '../supply/lab/debian.js';
import { otherDocker } from '../supply/lab/other-docker.js';
import { readEnvironment } from '../supply/read-environment.js';
import { versionRequest } from '../supply/version-request.js';
import type { Environment } from '../topology/environment-types.js';
import type { Topology } from '../topology/topology-types.js';
import { inHome } from '../supply/lab/lab-home.js';
import type { ControlPlane } from '../topology/plan-types.js';
import { bringUpLab } from './lab-session.js';
import type { EnvironmentOptions } from './engine-options.js';
import type { Agree, Progress } from './progress.js';

/**
 * The environment and, in one line, the reason: the user's choice, else the state of the machine. A Docker with the
 * lab's images is the lab. A machine without Docker that can build the lab gets the lab if the run creates clusters.
 * Everything else is `public`. A Docker that does not answer is neither: the run reports its problem.
 */
export async function chooseEnvironment(
  options: EnvironmentOptions,
  topologies: readonly Topology[],
): Promise<{ name: string; why: string }> {
  if (options.environment)
    return { name: options.environment, why: `chosen by ${options.environmentFrom ?? '--environment'}` };
  const variable = process.env['MESHPROOF_ENVIRONMENT'];
  if (variable) return { name: variable, why: 'chosen by MESHPROOF_ENVIRONMENT' };
  const labImage = readEnvironment('lab').images['kind-node'];
  if ((await imageIds([labImage])).size > 0)
    return { name: 'lab', why: `the local Docker has the lab's image ${labImage}` };
  if (await dockerAnswers()) return { name: 'public', why: 'Docker answers and has no images of the lab' };
  if (!makesClusters(topologies)) return { name: 'public', why: 'the clusters exist already and need no Docker' };
  const named = process.env['DOCKER_HOST'];
  const docker = named ? `DOCKER_HOST is ${named}` : otherDocker();
  if (docker !== undefined) return { name: 'public', why: `${docker}, but does not answer` };
  if (canCarryLab()) return { name: 'lab', why: 'this machine has no Docker, and the lab brings its own' };
  return { name: 'public', why: 'the default' };
}

function makesClusters(topologies: readonly Topology[]): boolean {
  return topologies.some(({ provider }) => provider === 'kind');
}

/** The environment for these topologies. Starts the lab if that is the environment and the run creates clusters. */
export async function openEnvironment(
  options: EnvironmentOptions & {
    /** Versions that are needed beside those of the topologies. */ moreIstio?: string[];
  },
  topologies: readonly Topology[],
  progress: Progress,
  agree: Agree,
): Promise<Environment> {
  const { name, why } = await chooseEnvironment(options, topologies);
  progress.note(`environment ${name}: ${why}`);
  const environment = await readChosen(name, options);
  // a Docker that the user has named is not the lab's to start
  const ours = environment.base === 'lab' && !process.env['DOCKER_HOST'] && canCarryLab();
  if (!ours || !makesClusters(topologies)) return environment;
  const planes = controlPlanesOf(topologies, environment);
  const istio = labIstio([...planes.map((one) => one.version), ...(options.moreIstio ?? [])], environment);
  const helm = planes.some(({ needs }) => needs.programs.includes('helm'));
  const cni = planes.some((plane) => plane.cni);
  const hasHelm = !helm || existsSync(inHome('bin', 'helm'));
  if (!hasHelm || !(await labIsUp(environment, istio, cni))) await bringUpLab(agree, progress, istio, { helm, cni });
  return environment;
}

/** The control planes of topologies whose clusters the run creates. The plan refuses impossible ones. */
function controlPlanesOf(topologies: readonly Topology[], environment: Environment): ControlPlane[] {
  const made = topologies.filter(({ provider }) => provider === 'kind');
  return made.flatMap((topology) => planIstio(topology, environment, []).controlPlanes);
}

/** The versions of Istio among those that the lab can be made with. */
function labIstio(versions: readonly string[], environment: Environment): string[] {
  return [...new Set(versions)].filter((version) => environment.istioVersions.includes(version));
}

/** An environment with what the options say of its registry, mirror, images and versions. */
export async function readChosen(name: string, options: EnvironmentOptions): Promise<Environment> {
  const { registry, mirror, images } = options;
  return readEnvironment(name, { registry, mirror, imagesFile: images, versions: await versionRequest(options) });
}

/** Docker, the node image and Istio's images are there: what the lab needs, as far as it can be told at once. */
async function labIsUp({ images }: Environment, istioVersions: readonly string[], cni: boolean): Promise<boolean> {
  const ofIstio = [images['istio-proxyv2'], ...(cni ? [images['istio-cni']] : [])];
  const istio = istioVersions.flatMap((version) => ofIstio.map((image) => image.replaceAll('{istio}', version)));
  // another Kubernetes than the lab's own is added by `lab build`
  const needed = [readEnvironment('lab').images['kind-node'], images['metallb-speaker'], ...istio];
  return (await imageIds(needed)).size === needed.length;
}
