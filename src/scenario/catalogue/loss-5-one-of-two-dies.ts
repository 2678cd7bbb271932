import { eastWestGateway } from '../../topology/mesh-names.js';
import type { Plan } from '../../topology/plan-types.js';
import { killOne } from '../kill-container.js';
import { clustersWithGateway, istiodOf, lostCluster, primariesOf, reach } from '../mesh-parts.js';
import { changing } from '../scenario-acts.js';
import { defineScenario, type Act } from '../scenario.js';

export default defineScenario({
  id: 'LOSS-5',
  title: 'one of two east-west gateway pods dies, then one of two istiods',
  ownClusters: 'it kills a container on a node',
  acts(plan, changes) {
    const gateway = gatewayThatDies(plan);
    const primary = primariesOf(plan)[0]!.name;
    const { deployment: istiod, namespace } = istiodOf(plan, primary);
    const two = (cluster: string, what: string, deployment: string): Act =>
      changing(
        changes,
        { id: `two-${what}s/${cluster}`, title: `${cluster} has two pods of its ${what}`, cluster },
        async (breakage, context) => {
          const handle = reach(context, cluster);
          await breakage.scale(handle, handle.istio.namespace, deployment, 2);
          context.mark(`${cluster} has two pods of ${deployment}`);
        },
      );
    const ofGateway = (cluster: string): Act[] => [
      two(cluster, 'gateway', eastWestGateway),
      {
        id: `gateway-dies/${cluster}`,
        title: `one of two east-west gateway pods of ${cluster} is killed`,
        cluster,
        async do(context) {
          const handle = reach(context, cluster);
          await killOne(context, handle, handle.istio.namespace, `deployment/${eastWestGateway}`, 'istio-proxy');
        },
      },
    ];
    return [
      ...(gateway === undefined ? [] : ofGateway(gateway)),
      two(primary, 'istiod', istiod),
      {
        id: `istiod-dies/${primary}`,
        title: `one of two istiods of ${primary} is killed`,
        cluster: primary,
        do: (context) => killOne(context, reach(context, primary), namespace, `deployment/${istiod}`, 'discovery'),
      },
    ];
  },
  budgets(plan) {
    const gateway = gatewayThatDies(plan);
    const nothing = {
      gap: 0,
      resets: 0,
      reason: 'istiod is not on the path of any call, and a new pod harms none',
    };
    if (gateway === undefined || !plan.features['multi-network']) return [nothing];
    return [
      {
        acts: [`gateway-dies/${gateway}`],
        to: gateway,
        gap: 3_000,
        resets: 4,
        reason:
          'connections through the gateway pod end with it, and new ones may meet it until its endpoint is withdrawn',
      },
      {
        // the second pod is told to end, and drains
        acts: ['as-before'],
        to: gateway,
        gap: 2_000,
        resets: 4,
        reason: 'streams through the removed gateway pod end once, and their clients connect again',
      },
      nothing,
    ];
  },
});

/** The gateway of the cluster that the rest can do without; where that has none, the first one. */
function gatewayThatDies(plan: Plan): string | undefined {
  const having = clustersWithGateway(plan).map(({ name }) => name);
  const { name } = lostCluster(plan);
  return having.includes(name) ? name : having[0];
}
