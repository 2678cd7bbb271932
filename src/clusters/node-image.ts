import { createHash } from 'node:crypto';
import type { Plan } from '../topology/types.js';
import { execa } from 'execa';
import { bakedLabel, docker, imageIds, runLabel, stateLabel } from './docker.js';
import { childEnvironment } from './processes.js';
import { provideImages } from './pull.js';
import { stateRoot } from './runs.js';
import { currentSignal } from './scope.js';

/** Bump when the way of baking changes, so that images baked the old way are not used. */
const bakeFormat = 4;

/** Repository of the baked node images in the local Docker. */
export const bakedRepository = 'meshproof/node';

/** The images that every cluster of a plan needs. */
export function clusterImages(plan: Plan): string[] {
  const { images } = plan;
  const helloworld = plan.clusters.flatMap((c) => c.helloworld).includes('v2')
    ? [images['helloworld-v1'], images['helloworld-v2']]
    : [images['helloworld-v1']];
  return [
    ...new Set([
      images['metallb-controller'],
      images['metallb-speaker'],
      images['istio-pilot'],
      images['istio-proxyv2'],
      images.sleep,
      images.echo,
      images.httpbin,
      ...helloworld,
    ]),
  ];
}

/**
 * The plan's node image with every image of the plan inside, unpacked, made once per content: loading seven images
 * into two clusters costs 30 s a run, baking them 25 s once. Returns the name of the baked image.
 */
export async function bakedNodeImage(plan: Plan): Promise<{ image: string; baked: boolean }> {
  const base = plan.images['kind-node'];
  const inside = clusterImages(plan);
  const ids = await provideImages(plan, [base, ...inside]);
  const content = [bakeFormat, base, ...inside].map((image) => `${image}=${ids.get(String(image)) ?? ''}`).join('\n');
  const image = `${bakedRepository}:${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;
  if ((await imageIds([image])).has(image)) return { image, baked: false };
  await bake(base, inside, image, plan.runId);
  return { image, baked: true };
}

async function bake(base: string, inside: readonly string[], image: string, runId: string): Promise<void> {
  const labels = ['--label', `${runLabel}=${runId}`, '--label', `${stateLabel}=${stateRoot()}`];
  const container = await docker(
    ['run', '-d', '--privileged', '--cgroupns=private', ...labels, '--entrypoint', 'sleep', base, 'infinity'],
    { timeout: 300 },
  );
  try {
    await docker(['exec', '-d', container, 'containerd']);
    const ctr = 'ctr -n k8s.io';
    await docker([
      'exec',
      container,
      'sh',
      '-c',
      'for i in $(seq 300); do ctr version >/dev/null 2>&1 && exit 0; sleep 0.1; done; exit 1',
    ]);
    await pipe(
      ['docker', ['save', ...inside]],
      ['docker', ['exec', '-i', container, 'sh', '-c', `${ctr} images import - >/dev/null`]],
    );
    // The node image's own images (Kubernetes', and kind's network and storage) lie packed in it; unpacked here, no start of
    // a cluster pays for it. The packed layers of all images are dropped then, because everything below /var is copied at
    // each node's start; one that is not unpacked by then could never be started.
    const packed = `${ctr} images check | awk 'NR > 1 && $1 !~ /^sha256:/ && $NF != "true" { print $1 }'`;
    const unpack = [
      // a mount is the one command that unpacks what is there already; whether the mount itself works does not matter
      `for name in $(${packed}); do ${ctr} images mount "$name" /mnt >/dev/null && ${ctr} images unmount --rm /mnt >/dev/null || :; done`,
      `left=$(${packed})`,
      `if [ -n "$left" ]; then echo "error: images cannot be unpacked:" $left >&2; exit 1; fi`,
      `${ctr} content prune references >/dev/null`,
      'pkill containerd; while pgrep -x containerd >/dev/null; do sleep 0.1; done',
    ];
    await docker(['exec', container, 'sh', '-ec', unpack.join('\n')]);
    const entrypoint = await docker(['image', 'inspect', '-f', '{{json .Config.Entrypoint}}', base]);
    await docker(
      [
        'commit',
        '--change',
        `ENTRYPOINT ${entrypoint}`,
        '--change',
        'CMD []',
        '--change',
        `LABEL ${bakedLabel}=${bakeFormat} ${runLabel}= ${stateLabel}=`,
        container,
        image,
      ],
      { timeout: 300 },
    );
  } finally {
    await docker(['rm', '-f', '-v', container], { uninterruptible: true });
  }
}

/** Pipes one program's output into another; the image archive would not fit into memory. */
async function pipe(from: readonly [string, string[]], to: readonly [string, string[]]): Promise<void> {
  const options = { env: childEnvironment(), cancelSignal: currentSignal() };
  const source = execa(from[0], from[1], { ...options, stdout: 'pipe', buffer: { stdout: false } });
  await source.pipe(to[0], to[1], options);
}
