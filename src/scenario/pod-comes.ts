import { sampleNamespace } from '../topology/mesh-names.js';
import type { ClusterPlan, Plan } from '../topology/plan-types.js';
import { reach } from './mesh-parts.js';
import { podsKnown } from './mesh-waits.js';
import { changing, takingBack } from './scenario-acts.js';
import type { Act, ActContext } from './scenario.js';
import type { StandingChanges } from './standing-changes.js';

/** Why no pod of helloworld can come in a cluster; undefined where one can. */
export function noPodCan({ name, helloworld }: ClusterPlan): string | undefined {
  return helloworld.length > 0 ? undefined : `${name} has no helloworld, of which a pod is to come`;
}

/** Two acts: a pod of helloworld comes in a cluster, and goes. `ends` is what the first one ends on. */
export function podComesAndGoes(
  plan: Plan,
  changes: StandingChanges,
  { name: cluster, helloworld }: ClusterPlan,
  ends: (context: ActContext) => Promise<void>,
): { comes: Act; goes: Act } {
  const comes = changing(
    changes,
    { id: `pod-comes/${cluster}`, title: `a second pod of helloworld-${helloworld[0]} comes in ${cluster}`, cluster },
    async (breakage, context) => {
      const workload = `deployment/helloworld-${helloworld[0]}`;
      await breakage.edit(reach(context, cluster), sampleNamespace, workload, { spec: { replicas: 2 } });
      context.mark(`${cluster} was asked for a second pod of helloworld-${helloworld[0]}`);
      await ends(context);
    },
  );
  const goes = takingBack(
    comes,
    { id: `pod-goes/${cluster}`, title: `the second pod of helloworld-${helloworld[0]} goes from ${cluster}`, cluster },
    (context) => podsKnown(context, plan, cluster, helloworld.length),
  );
  return { comes, goes };
}
