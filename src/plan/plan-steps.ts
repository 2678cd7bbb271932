import { eastWestGateway } from '../topology/features.js';
import type { Plan, PlanStep } from '../topology/plan-types.js';

/** What will be done, in order, in the words of a person; steps of one group run side by side. */
export function planSteps(plan: Omit<Plan, 'steps'>): PlanStep[] {
  const behaviours: PlanStep = { group: 'behaviours', title: 'prove every behaviour that applies' };
  if (plan.attach)
    return [{ group: 'attach', title: 'attach to the mesh that is there; nothing is installed' }, behaviours];
  return [...(plan.provider === 'kind' ? clusterSteps(plan) : []), ...meshSteps(plan), behaviours];
}

function clusterSteps({ docker, images, clusters }: Omit<Plan, 'steps'>): PlanStep[] {
  const routes = clusters.flatMap((from) =>
    clusters
      .filter((to) => to !== from && to.network === from.network)
      .map((to) => ({
        group: 'routes',
        cluster: from.name,
        title: `routes to the pods ${to.podCIDR} and services ${to.serviceCIDR} of ${to.name}`,
      })),
  );
  return [
    { group: 'preparation', title: `node image: ${images['kind-node']} with every other image in it` },
    { group: 'preparation', title: `Docker network ${docker.network}, ${docker.subnet}, nodes in ${docker.nodeRange}` },
    ...clusters.map((c) => ({
      group: 'clusters',
      cluster: c.name,
      title: `kind cluster ${c.kindName}, ${c.workers + 1} ${c.workers === 0 ? 'node' : 'nodes'} in ${c.region}/${c.zone}`,
    })),
    ...clusters.map((c) => ({
      group: 'load balancers',
      cluster: c.name,
      title: `MetalLB gives out ${c.loadBalancerRange.first}-${c.loadBalancerRange.last}`,
    })),
    ...routes,
  ];
}

function meshSteps({ istio, clusters }: Omit<Plan, 'steps'>): PlanStep[] {
  const primaries = clusters.filter((c) => c.role === 'primary');
  const remotes = clusters.filter((c) => c.role === 'remote');
  const gateways = (group: string, of: typeof clusters): PlanStep[] =>
    of.flatMap((c) => {
      const gateway = eastWestGateway(c, clusters);
      if (!gateway) return [];
      const exposed = [gateway.services && 'the services', gateway.istiod && 'istiod'].filter(Boolean).join(' and ');
      return [{ group, cluster: c.name, title: `east-west gateway of ${c.network}, exposing ${exposed}` }];
    });
  return [
    ...clusters.map((c) => ({
      group: 'certificates',
      cluster: c.name,
      title: `intermediate CA of the common root, namespace label ${c.network}`,
    })),
    ...primaries.map((c) => ({
      group: 'istiod',
      cluster: c.name,
      title: `istiod ${istio.version} by ${istio.installer}`,
    })),
    ...gateways('gateways', primaries),
    // before the remotes' own installation: their injector and proxies wait for an istiod that may read their API server
    ...primaries.flatMap((primary) =>
      clusters
        .filter((c) => c !== primary)
        .map((c) => ({
          group: 'remote secrets',
          cluster: primary.name,
          title: `remote secret: istiod of ${primary.name} may read ${c.name}`,
        })),
    ),
    ...remotes.map((c) => ({
      group: 'remotes',
      cluster: c.name,
      title: `remote profile, served by istiod of ${c.primary} through its east-west gateway`,
    })),
    ...gateways('gateways of remotes', remotes),
    ...clusters.map((c) => ({
      group: 'workloads',
      cluster: c.name,
      title: ['sleep', ...c.helloworld.map((v) => `helloworld ${v}`)].join(', '),
    })),
  ];
}
