import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { run } from '../../kernel/run-program.js';
import { docker, imageIds } from '../../kernel/docker.js';
import { currentSignal } from '../../kernel/cancellation.js';
import { unpackFromSid } from './debian.js';
import { definitionLabel, hashOf, outdatedImages, type Definition } from './lab-definition.js';
import { kubernetesVersion } from './go-programs.js';
import { moduleSource } from './go-toolchain.js';
import { definitions, inHome } from './lab-home.js';
import { buildImage, missingImages, removeUnnamed, type LabImage } from './lab-images.js';
import { programFile } from './lab-programs.js';

/** A Kubernetes that the node image is made with. */
export interface KubernetesBuild {
  version: string;
  /** Name of its program. */
  program: string;
}

export const defaultKubernetes: KubernetesBuild = { version: kubernetesVersion, program: 'kubernetes' };

export function nodeImageName({ version }: KubernetesBuild): string {
  return `localhost/lab/kind-node:v${version}`;
}

/** Programs that the node image holds, Kubernetes' own included. */
export function nodePrograms({ program }: KubernetesBuild): string[] {
  return [program, 'etcd', 'coredns'];
}

/** Has the local Docker no node image of this Kubernetes, or one that was built from another definition? */
export async function nodeImageIsMissing(kubernetes: KubernetesBuild): Promise<boolean> {
  const images = [{ name: nodeImageName(kubernetes) }];
  return (await outdatedImages(images, () => nodeDefinition(kubernetes))).length > 0;
}

function nodeDefinition(kubernetes: KubernetesBuild): Definition {
  const folders = ['node', 'kubernetes', 'etcd', 'coredns', 'pause'];
  return { folders, programs: nodePrograms(kubernetes), args: { version: kubernetes.version } };
}

/** Builds the node image: the node itself from its definition, then Kubernetes' images into its containerd. */
export async function buildNodeImage(kubernetes: KubernetesBuild): Promise<void> {
  const { version, program } = kubernetes;
  const inside = await kubernetesImages(kubernetes);
  const node: LabImage = {
    name: `localhost/lab/kind-base:v${version}`,
    definition: 'node',
    programs: [{ name: program, as: 'kubernetes' }],
    args: { version },
    files: nodeFiles,
  };
  await buildImage(node, 'host');
  const container = await docker([
    ...['run', '-d', '--privileged', '--cgroupns=private', '--network=none'],
    ...['--entrypoint', 'sleep', node.name, 'infinity'],
  ]);
  try {
    await docker(['exec', '-d', container, 'containerd']);
    const started = 'for i in $(seq 300); do ctr version >/dev/null 2>&1 && exit 0; sleep 0.1; done; exit 1';
    await docker(['exec', container, 'sh', '-c', started]);
    const options = { cancelSignal: currentSignal() };
    await execa('docker', ['save', ...inside], { ...options, buffer: { stdout: false } }).pipe(
      'docker',
      [
        ...['exec', '-i', container, 'ctr', '-n', 'k8s.io', 'images', 'import'],
        ...['--all-platforms', '--no-unpack', '--digests', '-'],
      ],
      options,
    );
    const ended = 'pkill containerd; while pgrep -x containerd >/dev/null; do sleep 0.1; done';
    await docker(['exec', container, 'sh', '-c', ended]);
    const entrypoint = 'ENTRYPOINT ["/usr/local/bin/entrypoint","/sbin/init"]';
    const label = `LABEL ${definitionLabel}=${await hashOf(nodeDefinition(kubernetes))}`;
    const changes = [entrypoint, 'CMD []', label].flatMap((change) => ['--change', change]);
    const name = nodeImageName(kubernetes);
    const earlier = (await imageIds([name])).get(name);
    await docker(['commit', ...changes, container, name], { timeout: 300 });
    if (earlier !== undefined) await removeUnnamed(earlier);
  } finally {
    await docker(['rm', '-f', '-v', container], { uninterruptible: true });
  }
  await docker(['rmi', node.name]);
}

/** What the node's Dockerfile copies beside Kubernetes: kind's files, containerd and CNI plugins. */
async function nodeFiles(): Promise<Record<string, string>> {
  // a node image is good for one kind only
  const version = /v\d+\.\d+\.\d+\S*/.exec(await run(inHome('bin', 'kind'), ['version']))![0];
  const kind = await moduleSource(`sigs.k8s.io/kind@${version}`, inHome('go'));
  const root = await unpackFromSid(['containerd', 'containernetworking-plugins']);
  const files: Record<string, string> = { kind: path.join(kind, 'images/base/files') };
  for (const name of ['containerd', 'ctr', 'containerd-shim-runc-v2']) files[name] = path.join(root, 'usr/bin', name);
  for (const name of ['host-local', 'loopback', 'ptp', 'portmap']) files[name] = path.join(root, 'usr/lib/cni', name);
  return files;
}

/** Builds the images that this Kubernetes' kubeadm asks for; returns their names. */
async function kubernetesImages({ version, program }: KubernetesBuild): Promise<string[]> {
  const asked = await kubeadmImages(programFile(program), version);
  const own = `localhost/lab/kubernetes:v${version}`;
  const named = (name: string): string => asked.find((image) => image.includes(`/${name}:`))!;
  const images: LabImage[] = [
    { name: own, definition: 'kubernetes', programs: [{ name: program, as: 'kubernetes' }] },
    { name: named('etcd'), definition: 'etcd', programs: ['etcd'] },
    { name: named('coredns'), definition: 'coredns', programs: ['coredns'] },
    { name: named('pause'), definition: 'pause', programs: [], files: pause },
  ];
  for (const image of await missingImages(images)) await buildImage(image);
  for (const image of asked) if (image.includes('/kube-')) await docker(['tag', own, image]);
  // the one that kind's containerd is configured with
  const sandbox = 'registry.k8s.io/pause:3.10';
  if (!(await imageIds([sandbox])).has(sandbox)) await docker(['tag', named('pause'), sandbox]);
  return [...new Set([...asked, sandbox])];
}

/** The images that kubeadm needs, as it says itself. */
async function kubeadmImages(program: string, version: string): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'kubeadm-'));
  try {
    await symlink(program, path.join(folder, 'kubeadm'));
    const args = ['config', 'images', 'list', '--kubernetes-version', `v${version}`];
    return (await run(path.join(folder, 'kubeadm'), args, { timeout: 30 })).split('\n').filter(Boolean);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function pause(): Promise<Record<string, string>> {
  const file = inHome('programs', 'pause');
  await run('gcc', ['-static', '-Os', '-s', '-o', file, path.join(definitions, 'images/pause/pause.c')]);
  return { pause: file };
}
