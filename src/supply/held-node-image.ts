import type { Plan } from '../topology/plan-types.js';
import { CommandError } from '../kernel/run-program.js';
import { docker, removeContainers, runLabel, stateLabel } from '../kernel/docker.js';
import { markUsed, removeUnused } from './baked-images.js';
import { bakedNodeImage } from './node-image.js';
import { stateRoot } from '../run/run-folders.js';
import type { Steps } from '../kernel/steps.js';

/** Times that an image may be removed between the moment it is found and the moment it is held. */
const tries = 3;

/**
 * The plan's baked node image, held until `release`: by a container of it that is never started, from which Docker takes no
 * image. Otherwise a `gc` could remove it between the moment it is found here and the first node.
 */
export async function heldNodeImage(plan: Plan, steps: Steps): Promise<{ image: string; release(): Promise<void> }> {
  const labels = ['--label', `${runLabel}=${plan.runId}`, '--label', `${stateLabel}=${stateRoot()}`];
  for (let left = tries; ; left--) {
    const { image } = await bakedNodeImage(plan, steps);
    try {
      await markUsed(image);
      const container = await docker(['create', '--pull', 'never', ...labels, image]);
      const release = async (): Promise<void> => {
        await removeContainers([container]);
        // when the nodes are there, which would wait for it; what cannot be removed is no reason to fail
        await removeUnused().catch(() => undefined);
      };
      return { image, release };
    } catch (error) {
      const gone = error instanceof CommandError && /no such image/i.test(error.output);
      if (!gone || left === 1) throw error;
    }
  }
}
