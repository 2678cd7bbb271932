import { giveImages as giveToNodes } from '../provider/kind/give-image.js';
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
  await progress.step('images of the upgrade', {}, () => giveToNodes(clusters, images));
}
