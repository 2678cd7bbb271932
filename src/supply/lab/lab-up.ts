import { existsSync } from 'node:fs';
import { chmod, copyFile, link, mkdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import pLimit from 'p-limit';
import { run } from '../../kernel/run-program.js';
import { dockerAnswers, imageIds } from '../../kernel/docker.js';
import type { Steps } from '../../kernel/steps.js';
import { settleAll, together } from '../../kernel/cancellation.js';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { dockerIsUnpacked, startDocker, unpackDocker } from './lab-daemon.js';
import { installPackages, missingPackages, requireDebian, rootFileSystem } from './debian.js';
import { goPrograms, istioBuilds, metallbVersion, newestIstio, programsFor, type IstioBuild } from './go-programs.js';
import { moduleFolder, moduleSource } from './go-toolchain.js';
import { inHome } from './lab-home.js';
import {
  baseImage,
  buildBase,
  buildImage,
  cniImage,
  istioImages,
  istioSource,
  labImages,
  missingImages,
  programNames,
  programsOf,
  type LabImage,
} from './lab-images.js';
import { inotifyInstances, inotifyIsTooLow } from './lab-machine.js';
import {
  buildNodeImage,
  defaultKubernetes,
  nodeImageIsMissing,
  nodeImageName,
  nodePrograms,
} from './lab-node-image.js';
import { estimate, minutes, programFile, startPrograms } from './lab-programs.js';
import { changeLabState } from './lab-state.js';

/** What a lab is to have: images, and programs that are used on the machine itself, by their names there. */
interface Wanted {
  istio: IstioBuild[];
  images: LabImage[];
  links: Record<string, string>;
}

/** What a lab has only where it is asked for. */
export interface LabExtras {
  helm?: boolean;
  /** The images for `istio.cni`, of each Istio. */
  cni?: boolean;
}

/** Throws (exit 2) for a version of Istio that is none of the lab's own. */
function wanted(istioVersions: readonly string[], { helm, cni }: LabExtras): Wanted {
  const known = istioBuilds.map(({ version }) => version);
  const other = istioVersions.find((version) => !known.includes(version));
  if (other !== undefined) {
    throw new MeshproofError(`the lab does not build Istio ${other}`, exitCode.usage, {
      expected: known.join(', '),
      remedy: 'add another commit with: ./meshproof lab build --istio <commit>',
    });
  }
  const istio = istioBuilds.filter(({ version }) => istioVersions.includes(version));
  return {
    istio,
    images: [...labImages, ...istio.flatMap((build) => istioImages(build)), ...(cni ? istio.map(cniImage) : [])],
    links: {
      kubernetes: 'kubernetes',
      ...(helm ? { helm: 'helm' } : {}),
      ...Object.fromEntries(istio.map(({ version }) => [`istioctl-${version}`, `istio-${version}-istioctl`])),
    },
  };
}

/** Measured on two cores: what remains to be done when the last program is there, and packages before the first one. */
const otherSeconds = 75;

/** What `labUp` would do to this machine, in sentences; empty when it is only to be started, or is up. */
export async function firstChanges(istioVersions: readonly string[] = [newestIstio.version]): Promise<string[]> {
  if (dockerIsUnpacked()) return [];
  requireDebian();
  const packages = await missingPackages();
  return [
    ...(packages.length > 0 ? [`install the Debian packages ${packages.join(', ')}`] : []),
    `put programs, images and Docker's data into ${inHome()} (about 8 GiB; 16 GiB when built from source)`,
    'start a Docker daemon, which sets iptables rules and net.ipv4.ip_forward',
    ...(inotifyIsTooLow() ? [`set fs.inotify.max_user_instances to ${inotifyInstances}`] : []),
    `take about ${minutes(estimate(programsFor(istioVersions)) + otherSeconds)}`,
  ];
}

/**
 * Brings the lab up with these versions of Istio: Docker, programs and images. Idempotent, and each step is skipped when
 * its result is there, so that an interrupted one goes on where it was. Needs root and Debian. About 3 s when all is there.
 */
export async function labUp(
  steps: Steps,
  istioVersions: readonly string[] = [newestIstio.version],
  extras: LabExtras = {},
): Promise<void> {
  const { istio, images, links } = wanted(istioVersions, extras);
  const dockerWorks = await dockerAnswers();
  // on a new machine nothing needs to wait for Docker but images
  const isNew = !dockerWorks && !dockerIsUnpacked();
  if (!dockerWorks || !dockerIsUnpacked()) await providePackages(steps);
  const docker = provideDocker(dockerWorks, steps);
  if (!isNew) await docker;
  const parts = {
    base: isNew || !(await imageIds([baseImage])).has(baseImage),
    node: isNew || (await nodeImageIsMissing(defaultKubernetes)),
    images: isNew ? images : await missingImages(images),
    links: Object.entries(links).filter(([name]) => !existsSync(inHome('bin', name))),
  };
  if (parts.images.length + parts.links.length > 0 || parts.node || parts.base) await providePackages(steps);
  await together(() =>
    settleAll([
      docker,
      ...istio.map((build) => provideCharts(build)),
      provideManifest(),
      ...make(parts, docker, steps),
    ]),
  );
}

/** What is missing of the lab. */
interface Missing {
  base: boolean;
  node: boolean;
  images: readonly LabImage[];
  /** Programs to be used on the machine itself: the name there, and the program. */
  links: readonly (readonly [string, string])[];
}

/** Begins to make what is missing; each part waits only for what it is made of. */
function make({ base, node, images, links }: Missing, docker: Promise<void>, steps: Steps): Promise<void>[] {
  const step = (title: string, work: () => Promise<void>): Promise<void> => steps.step(title, {}, work);
  const names = new Set([
    ...programsOf(images).map(({ name }) => name),
    ...links.map(([, program]) => program),
    ...(node ? nodePrograms(defaultKubernetes) : []),
  ]);
  const programs = startPrograms(
    goPrograms.filter(({ name }) => names.has(name)),
    steps,
  );
  const there = (some: readonly string[]): Promise<unknown> => Promise.all(some.map((name) => programs.get(name)!));
  // debootstrap waits for the network most of the time, programs for the processors
  const root = base ? step('root file system (debootstrap)', async () => void (await rootFileSystem())) : docker;
  const basis = Promise.all([docker, root]).then(() => (base ? step('base image', buildBase) : undefined));
  const limit = pLimit(2);
  const image = (title: string, programs: readonly string[], work: () => Promise<void>): Promise<void> =>
    Promise.all([basis, there(programs)]).then(() => limit(() => step(title, work)));
  return [
    ...programs.values(),
    root,
    ...links.map(([name, program]) => there([program]).then(() => linkProgram(name, program))),
    ...(node
      ? [
          image(nodeImageName(defaultKubernetes), nodePrograms(defaultKubernetes), () =>
            buildNodeImage(defaultKubernetes),
          ),
        ]
      : []),
    ...images.map((one) => image(one.name, programNames(one), () => buildImage(one))),
    basis,
  ];
}

/** Unpacks Docker where the lab has none, and starts it unless one answers. */
async function provideDocker(answers: boolean, steps: Steps): Promise<void> {
  if (!dockerIsUnpacked()) await steps.step("unpack Debian's Docker, containerd and kind", {}, unpackDocker);
  if (!answers) await steps.step('start Docker', {}, startDocker);
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
  const file = inHome('manifests', `metallb-native-${metallbVersion}.yaml`);
  if (existsSync(file)) return;
  const metallb = await moduleSource(`go.universe.tf/metallb@v${metallbVersion}`, moduleFolder({ module: 'metallb' }));
  await mkdir(path.dirname(file), { recursive: true });
  await copyFile(path.join(metallb, 'config/manifests/metallb-native.yaml'), file);
  await chmod(file, 0o644);
}
