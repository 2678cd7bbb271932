import { giveImage } from '../provider/kind/give-image.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import { istioImages } from '../supply/plan-images.js';
import { provideImages } from '../supply/provide-images.js';
import type { Plan } from '../topology/plan-types.js';
import type { Progress } from './progress.js';

/** Gives the nodes of a mesh that is up the images of control planes that are to come. Clusters that are not kind's pull them. */
export async function giveImages(plan: Plan, clusters: readonly ClusterHandle[], progress: Progress): Promise<void> {
  if (plan.provider !== 'kind') return;
  const images = [...new Set((plan.coming ?? []).flatMap(istioImages))];
  await provideImages(plan.environment, images, progress);
  const nodes = clusters.flatMap((cluster) => cluster.nodes.map(({ name }) => name));
  await progress.step('images of the upgrade', {}, async () => {
    for (const image of images) await giveImage(nodes, image);
  });
}
