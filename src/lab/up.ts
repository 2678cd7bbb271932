import { existsSync } from 'node:fs';
import { chmod, copyFile, link, mkdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../clusters/command.js';
import { dockerAnswers } from '../clusters/docker.js';
import type { Steps } from '../clusters/steps.js';
import { settleAll } from '../clusters/scope.js';
import { dockerIsUnpacked, inotifyInstances, inotifyIsTooLow, startDocker, unpackDocker } from './daemon.js';
import { installPackages, missingPackages, requireDebian, rootFileSystem } from './debian.js';
import { goPrograms, istioBuilds, type GoProgram, type IstioBuild } from './go-programs.js';
import { moduleFolder, moduleSource } from './go.js';
import { inHome } from './home.js';
import {
  baseImage,
  buildBase,
  buildImage,
  curlImage,
  istioSource,
  labImages,
  missingImages,
  programsOf,
} from './images.js';
import { buildNodeImage, defaultKubernetes, nodeImageName, nodePrograms } from './node.js';
import { estimate, minutes, programFile, providePrograms } from './programs.js';
import { changeLabState } from './state.js';

/** Programs that are used on the machine itself: name in the lab's folder of programs, and what it is made of. */
const hostPrograms: Record<string, string> = {
  kubernetes: 'kubernetes',
  ...Object.fromEntries(istioBuilds.map(({ version }) => [`istioctl-${version}`, `istio-${version}-istioctl`])),
};

/** What `labUp` would do to this machine, in sentences; empty when it is only to be started, or is up. */
export async function firstChanges(): Promise<string[]> {
  if (dockerIsUnpacked()) return [];
  requireDebian();
  const packages = await missingPackages();
  return [
    ...(packages.length > 0 ? [`install the Debian packages ${packages.join(', ')}`] : []),
    `put programs, images and Docker's data into ${inHome()} (about 8 GiB; 16 GiB when built from source)`,
    'start a Docker daemon, which sets iptables rules and net.ipv4.ip_forward',
    ...(inotifyIsTooLow() ? [`set fs.inotify.max_user_instances to ${inotifyInstances}`] : []),
    `take about ${minutes(estimate(goPrograms.filter(isDefault)) + 120)}`,
  ];
}

const isDefault = ({ optional }: GoProgram): boolean => !optional;

/**
 * Brings the lab up: Docker, programs and images. Idempotent, and each step is skipped when its result is there, so that
 * an interrupted one goes on where it was. Needs root and Debian. About 3 s when all is there.
 */
export async function labUp(steps: Steps): Promise<void> {
  const step = <T>(title: string, work: () => Promise<T>): Promise<T> => steps.step(title, {}, work);
  const dockerWorks = await dockerAnswers();
  if (!dockerWorks || !dockerIsUnpacked()) await providePackages(steps);
  if (!dockerIsUnpacked()) await step("unpack Debian's Docker, containerd and kind", unpackDocker);
  if (!dockerWorks) await step('start Docker', startDocker);

  const images = await missingImages(labImages);
  const node = await missingImages([{ name: nodeImageName(defaultKubernetes) }]);
  const base = await missingImages([{ name: baseImage }, { name: curlImage }]);
  const links = Object.entries(hostPrograms).filter(([name]) => !existsSync(inHome('bin', name)));
  if (images.length + node.length + base.length + links.length > 0) await providePackages(steps);
  const wanted = new Set([
    ...programsOf(images).map(({ name }) => name),
    ...links.map(([, program]) => program),
    ...(node.length > 0 ? nodePrograms(defaultKubernetes) : []),
  ]);

  // debootstrap waits for the network most of the time, programs for the processors
  const root =
    base.length > 0
      ? step('root file system (debootstrap)', async () => void (await rootFileSystem()))
      : Promise.resolve();
  const programs = providePrograms(
    goPrograms.filter(({ name }) => wanted.has(name)),
    steps,
  );
  await settleAll([root, programs]);
  for (const [name, program] of links) await linkProgram(name, program);
  if (base.length > 0) await step('base image', buildBase);
  if (node.length > 0) await step(nodeImageName(defaultKubernetes), () => buildNodeImage(defaultKubernetes));
  for (const image of images) await step(image.name, () => buildImage(image));
  for (const build of istioBuilds) await provideCharts(build);
  await provideManifest();
}

/** Installs the Debian packages that the lab needs on the machine itself, and notes what came. */
async function providePackages(steps: Steps): Promise<void> {
  requireDebian();
  const packages = await missingPackages();
  if (packages.length === 0) return;
  await steps.step(`install ${packages.join(', ')}`, {}, async () => {
    const installed = await installPackages(packages);
    changeLabState((state) => ({ packages: [...state.packages, ...installed] }));
  });
}

/** Gives a program its name among those that are used on the machine itself. */
export async function linkProgram(name: string, program: string): Promise<void> {
  await mkdir(inHome('bin'), { recursive: true });
  const file = inHome('bin', name);
  await rm(file, { force: true });
  await link(programFile(program), file);
  if (name !== 'kubernetes') return;
  await rm(inHome('bin', 'kubectl'), { force: true });
  await symlink(name, inHome('bin', 'kubectl'));
}

/** Istio's Helm charts, in the lab's folder charts/<version>. */
export async function provideCharts(build: IstioBuild, module?: string): Promise<void> {
  const folder = inHome('charts', build.version);
  if (existsSync(folder)) return;
  await mkdir(folder, { recursive: true });
  await run('cp', [
    '-rT',
    '--no-preserve=mode',
    path.join(await istioSource(build, module), 'manifests/charts'),
    folder,
  ]);
}

/** MetalLB's manifest, where environments/lab.yaml looks for it. */
async function provideManifest(): Promise<void> {
  const file = inHome('manifests', 'metallb-native.yaml');
  if (existsSync(file)) return;
  const metallb = await moduleSource('go.universe.tf/metallb@v0.15.2', moduleFolder({ module: 'metallb' }));
  await mkdir(path.dirname(file), { recursive: true });
  await copyFile(path.join(metallb, 'config/manifests/metallb-native.yaml'), file);
  await chmod(file, 0o644);
}
