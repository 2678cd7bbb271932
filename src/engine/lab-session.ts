import { dockerAnswers } from '../check/preflight-docker.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { nearest } from '../kernel/nearest-word.js';
import { goPrograms } from '../supply/lab/go-programs.js';
import { addIstio } from '../supply/lab/istio-build.js';
import { addKubernetes } from '../supply/lab/kubernetes-build.js';
import { labContainers } from '../supply/lab/lab-daemon.js';
import { inHome } from '../supply/lab/lab-home.js';
import { providePrograms } from '../supply/lab/lab-programs.js';
import { readLabState } from '../supply/lab/lab-state.js';
import { firstChanges, labUp, type LabExtras } from '../supply/lab/lab-up.js';
import { otherDocker } from '../supply/lab/other-docker.js';
import { labDown, labRemove } from '../supply/lab/remove-lab.js';
import type { Agree, Progress } from './progress.js';

/**
 * Brings the lab up; asks before it changes the machine. `istioVersions` are some of the lab's own; by default it is the newest
 * one. `extras` is what a lab has only where it is asked for.
 */
export async function bringUpLab(
  agree: Agree,
  progress: Progress,
  istioVersions?: readonly string[],
  extras?: LabExtras,
): Promise<void> {
  await refuseBeside();
  const changes = await firstChanges(istioVersions);
  if (changes.length > 0) await agree('the lab will', changes);
  await labUp(progress, istioVersions, extras);
}

/** Throws (exit 3) where this machine has a Docker that does not answer: the lab would start another one in its place. */
async function refuseBeside(): Promise<void> {
  // what DOCKER_HOST names is where the lab is wanted
  const other = process.env['DOCKER_HOST'] ? undefined : otherDocker();
  if (other === undefined) return;
  const { check, info } = await dockerAnswers('docker');
  if (info) return;
  throw new MeshproofError(`Docker on this machine does not work: ${check.found}`, exitCode.preflight, {
    where: other,
    expected: 'a Docker that answers, or a machine without Docker, where the lab starts its own',
    remedy:
      'start or repair it; or run the lab beside it: DOCKER_HOST=unix:///run/mesh-lab/docker.sock ./meshproof lab up',
  });
}

/** Ends the lab's Docker with its containers; asks when there are any. */
export async function endLab(agree: Agree, progress: Progress): Promise<void> {
  const containers = await labContainers();
  if (containers.length > 0) await agree('this stops everything that runs in the lab', containers);
  await labDown(progress);
}

/** Takes back everything; always asks. */
export async function removeLab(agree: Agree, progress: Progress): Promise<void> {
  const containers = await labContainers();
  const { packages } = readLabState();
  const debian = packages.length > 0 ? [`the Debian packages that the lab installed: ${packages.join(', ')}`] : [];
  await agree('this removes', [`${inHome()} with every image and program`, ...containers, ...debian]);
  await labRemove(progress);
}

/** Compiles programs without building images, or adds a whole Istio or Kubernetes. */
export async function buildForLab(
  names: readonly string[],
  flags: { istio?: string; kubernetes?: string },
  progress: Progress,
): Promise<void> {
  if (flags.istio !== undefined) {
    const { build, environment } = await addIstio(flags.istio, progress);
    progress.note(`Istio ${build.version} is ready; use it with --environment ${environment} --istio ${build.version}`);
  }
  if (flags.kubernetes !== undefined) {
    const { build, environment } = await addKubernetes(flags.kubernetes, progress);
    progress.note(`Kubernetes ${build.version} is ready; use it with --environment ${environment}`);
  }
  if (names.length === 0 && (flags.istio ?? flags.kubernetes) !== undefined) return;
  const known = goPrograms.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const suggestion = nearest(unknown, known);
    throw new MeshproofError(`the lab has no program called ${unknown}`, exitCode.usage, {
      expected: known.join(', '),
      remedy: suggestion ? `did you mean ${suggestion}?` : undefined,
    });
  }
  const wanted = goPrograms.filter(({ name, optional }) => (names.length > 0 ? names.includes(name) : !optional));
  await providePrograms(wanted, progress);
}
