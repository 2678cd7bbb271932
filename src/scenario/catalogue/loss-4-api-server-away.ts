import { letTimePass } from '../../kernel/let-time-pass.js';
import { addRules, apiServerRules, linkState } from '../cut-links.js';
import { lostCluster, otherCluster, reach } from '../mesh-parts.js';
import { isRead, podsKnown } from '../mesh-waits.js';
import { noPodCan, podComesAndGoes } from '../pod-comes.js';
import { changing, takingBack } from '../scenario-acts.js';
import { defineScenario } from '../scenario.js';

/** As long as the API server of a managed cluster may be away while it is upgraded. */
const awayMs = 180_000;

export default defineScenario({
  id: 'LOSS-4',
  title: 'for three minutes, the API server of a cluster cannot be reached by the other clusters',
  requires: ['clusters >= 2'],
  ownClusters: 'it closes the port of an API server on its node',
  notFor: (plan) => noPodCan(lostCluster(plan)),
  acts(plan, changes) {
    const cluster = lostCluster(plan);
    const away = changing(
      changes,
      {
        id: `api-server-away/${cluster.name}`,
        title: `no other cluster reaches the API server of ${cluster.name}`,
        cluster: cluster.name,
      },
      async (breakage, context) => {
        const lost = reach(context, cluster.name);
        const others = context.mesh.clusters.filter(({ name }) => name !== cluster.name);
        for (const other of others) await addRules(breakage, lost, apiServerRules(other, lost));
        const looking = reach(context, otherCluster(plan).name);
        await breakage.until('the API server does not answer', async () => (await linkState(looking, lost)) !== 'open');
        context.mark(`the API server of ${cluster.name} no longer answers ${looking.name}`);
      },
    );
    // a remote's new pod gets its certificate only when its primary reaches the API server again: it is not waited for here
    const { comes, goes } = podComesAndGoes(plan, changes, cluster, () => letTimePass(awayMs));
    const back = takingBack(
      away,
      {
        id: `api-server-back/${cluster.name}`,
        title: `the others reach the API server of ${cluster.name} again, and know the new pod`,
        cluster: cluster.name,
      },
      async (context) => {
        await isRead(context, plan, cluster.name);
        await podsKnown(context, plan, cluster.name, cluster.helloworld.length + 1);
      },
    );
    return [away, comes, back, goes];
  },
  budgets: () => [{ gap: 0, resets: 0, reason: 'an API server is not on the path of any call: nothing may be lost' }],
});
