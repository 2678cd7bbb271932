import { anyCluster } from '../load/answer.js';
import { spread } from '../lose-cluster.js';
import { lostCluster, reach, readersOf } from '../mesh-parts.js';
import { isForgotten, isRead, podsKnown } from '../mesh-waits.js';
import { changing, lastAct, takingBack } from '../scenario-acts.js';
import { defineScenario } from '../scenario.js';

const leaves = 'leaves';
const joins = 'joins';

export default defineScenario({
  id: 'LOSS-6',
  title: 'a cluster leaves a mesh that runs, and joins it again; the calls of the others are not touched',
  requires: ['clusters >= 2'],
  shared: { trafficPolicy: spread },
  acts(plan, changes) {
    const { name: cluster, helloworld } = lostCluster(plan);
    const others = plan.clusters.filter(({ name }) => name !== cluster);
    // the others first: nobody is to call a cluster that answers no more
    const read = [
      ...readersOf(plan, cluster).map((reader) => ({ reader: reader.name, of: cluster })),
      ...others.flatMap((other) =>
        readersOf(plan, other.name)
          .filter(({ name }) => name === cluster)
          .map((reader) => ({ reader: reader.name, of: other.name })),
      ),
    ];
    const leave = changing(
      changes,
      { id: leaves, title: `${cluster} leaves the mesh: all remote secrets to and from it are deleted`, cluster },
      async (breakage, context) => {
        for (const { reader, of } of read) {
          const primary = reach(context, reader);
          await breakage.delete(primary, primary.istio.namespace, `secret/istio-remote-secret-${of}`);
          context.mark(`${reader} no longer has a remote secret of ${of}`);
          await isForgotten(context, plan, { reader, of });
        }
      },
    );
    const join = takingBack(
      leave,
      { id: joins, title: `${cluster} joins the mesh: all remote secrets to and from it are restored`, cluster },
      async (context) => {
        for (const { name } of plan.clusters) await isRead(context, plan, name);
        await podsKnown(context, plan, cluster, helloworld.length);
      },
    );
    return [leave, join];
  },
  budgets(plan) {
    const lost = lostCluster(plan);
    const acts = [leaves, joins];
    const apart = { acts, gap: 3_600_000, resets: 10_000 };
    const reason = 'while the cluster is away the others know none of its servers, and it knows none of theirs';
    const own =
      lost.role === 'primary'
        ? []
        : [{ ...apart, from: lost.name, reason: 'its proxies ask an istiod that does not know its cluster' }];
    return [
      ...own,
      ...plan.clusters
        .filter(({ name }) => name !== lost.name)
        .flatMap(({ name }) => [
          { ...apart, from: name, to: lost.name, reason },
          { ...apart, from: lost.name, to: name, reason },
        ]),
      {
        acts: [...acts, lastAct],
        to: anyCluster,
        gap: 0,
        resets: 1,
        reason: 'a connection to a server that is no longer known may end once; its caller has others',
      },
      { gap: 0, resets: 0, reason: 'calls between the other clusters have nothing to do with it' },
    ];
  },
});
