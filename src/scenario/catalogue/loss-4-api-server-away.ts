import { letTimePass } from '../../kernel/let-time-pass.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { addRules, apiServerRules, linkState } from '../cut-links.js';
import { lostCluster, otherCluster, reach } from '../mesh-parts.js';
import { isRead, podsKnown } from '../mesh-waits.js';
import { changing, takingBack } from '../scenario-acts.js';
import { defineScenario } from '../scenario.js';

/** As long as the API server of a managed cluster may be away while it is upgraded. */
const awayMs = 180_000;

export default defineScenario({
  id: 'LOSS-4',
  title: 'the API server of a cluster is away for the others for three minutes',
  requires: ['clusters >= 2'],
  ownClusters: 'it closes the port of an API server on its node',
  notFor(plan) {
    const { name, helloworld } = lostCluster(plan);
    return helloworld.length > 0 ? undefined : `${name} has no helloworld, of which a pod is to come meanwhile`;
  },
  acts(plan, changes) {
    const { name: cluster, helloworld } = lostCluster(plan);
    const away = changing(
      changes,
      { id: 'api-server-away', title: `no other cluster reaches the API server of ${cluster}`, cluster },
      async (breakage, context) => {
        const lost = reach(context, cluster);
        const others = context.mesh.clusters.filter(({ name }) => name !== cluster);
        const port = new URL(lost.apiServer).port;
        for (const other of others) await addRules(breakage, lost, apiServerRules(other, port));
        const looking = reach(context, otherCluster(plan).name);
        await breakage.until('the API server does not answer', async () => (await linkState(looking, lost)) !== 'open');
        context.mark(`the API server of ${cluster} does not answer ${looking.name} any more`);
      },
    );
    return [
      away,
      changing(
        changes,
        { id: 'pod-comes', title: `a pod of helloworld comes in ${cluster} meanwhile`, cluster },
        async (breakage, context) => {
          const lost = reach(context, cluster);
          // a remote's new pod gets its certificate only when its primary reaches the API server again
          await breakage.edit(lost, sampleNamespace, `deployment/helloworld-${helloworld[0]}`, {
            spec: { replicas: 2 },
          });
          context.mark(`${cluster} was asked for a second pod of helloworld`);
          await letTimePass(awayMs);
        },
      ),
      takingBack(
        away,
        { id: 'api-server-back', title: `the others reach it again, and know the pod that came meanwhile`, cluster },
        async (context) => {
          await isRead(context, plan, cluster);
          await podsKnown(context, plan, cluster, helloworld.length + 1);
        },
      ),
    ];
  },
  budgets: () => [{ gap: 0, resets: 0, reason: 'an API server is in the path of no call: nothing may be lost' }],
});
