import type { Plan } from '../topology/plan-types.js';
import { execa } from 'execa';
import { bakedRepository } from './baked-images.js';
import { bakedLabel, docker, imageIds, runLabel, stateLabel } from '../kernel/docker.js';
import { childEnvironment } from '../kernel/child-processes.js';
import { clusterImages } from './plan-images.js';
import { provideImages } from './provide-images.js';
import { stateRoot } from '../run/run-folders.js';
import { currentSignal } from '../kernel/cancellation.js';
import type { Steps } from '../kernel/steps.js';
import { sha256Of } from '../kernel/sha256.js';

/** Bump when the way of baking changes, so that images baked the old way are not used. */
const bakeFormat = 5;

/**
 * The plan's node image with every image of the plan inside, made once per content. Returns the name of the baked image.
 * The images stay packed: a container's own root is an overlay, where an image that deletes files of its base cannot be
 * unpacked. A node unpacks what it uses into its /var, which is a volume.
 */
export async function bakedNodeImage(plan: Plan, steps: Steps): Promise<{ image: string; baked: boolean }> {
  const base = plan.images['kind-node'];
  const inside = clusterImages(plan);
  const ids = await provideImages(plan.environment, [base, ...inside], steps);
  const content = [bakeFormat, base, ...inside].map((image) => `${image}=${ids.get(String(image)) ?? ''}`).join('\n');
  const image = `${bakedRepository}:${sha256Of(content).slice(0, 16)}`;
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
    await docker([
      'exec',
      container,
      'sh',
      '-c',
      'for i in $(seq 300); do ctr version >/dev/null 2>&1 && exit 0; sleep 0.1; done; exit 1',
    ]);
    await pipe(
      ['docker', ['save', ...inside]],
      ['docker', ['exec', '-i', container, 'ctr', '-n', 'k8s.io', 'images', 'import', '--no-unpack', '-']],
    );
    const ended = 'pkill containerd; while pgrep -x containerd >/dev/null; do sleep 0.1; done';
    await docker(['exec', container, 'sh', '-c', ended]);
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
