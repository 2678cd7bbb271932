import type { Plan } from '../topology/plan-types.js';

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

/** Every image of these plans, each once: those of the clusters and the node image itself. */
export function planImages(plans: readonly Plan[]): string[] {
  return [...new Set(plans.flatMap((plan) => [plan.images['kind-node'], ...clusterImages(plan)]))];
}
