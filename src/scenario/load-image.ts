import { exitCode, MeshproofError } from '../kernel/errors.js';
import type { Steps } from '../kernel/steps.js';
import type { MeshState } from '../mesh/mesh-state.js';
import { giveImages } from '../provider/kind/give-image.js';
import { provideImages } from '../supply/provide-images.js';

/**
 * The image that the load's pods run. Nodes of kind are given it; other clusters pull it by themselves. Throws (exit 3) where the
 * environment has none, and (exit 4) where it cannot be provided.
 */
export async function loadImage({ plan, clusters }: MeshState, steps: Steps): Promise<string> {
  const image = plan.images.load ?? plan.environment.images.load;
  if (image === undefined) {
    throw new MeshproofError('the environment names no image for the load', exitCode.preflight, {
      where: plan.environment.file,
      expected: 'images.load, an image with Node.js 22.19 or newer and a POSIX sh',
      remedy: `add it, such as load: docker.io/library/node:24.21.0-bookworm-slim${plan.provider === 'kind' ? ', and rebuild the mesh' : ''}`,
    });
  }
  if (plan.provider === 'existing') return image;
  await provideImages(plan.environment, [image], steps);
  await giveImages(clusters, [image]);
  return image;
}
