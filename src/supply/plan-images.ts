import type { ControlPlane, Plan } from '../topology/plan-types.js';

/** Istio's own images that a control plane needs, and the proxies that follow it. */
export function istioImages({ images, cni }: ControlPlane): string[] {
  return [images['istio-pilot'], images['istio-proxyv2'], ...(cni ? [images['istio-cni']] : [])];
}

/** The images that every cluster of a plan needs, of every version of Istio in it. */
export function clusterImages(plan: Plan): string[] {
  const { images } = plan;
  const helloworld = plan.clusters.flatMap((c) => c.helloworld).includes('v2')
    ? [images['helloworld-v1'], images['helloworld-v2']]
    : [images['helloworld-v1']];
  return [
    ...new Set([
      images['metallb-controller'],
      images['metallb-speaker'],
      ...[...plan.controlPlanes, ...(plan.coming ?? [])].flatMap(istioImages),
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
