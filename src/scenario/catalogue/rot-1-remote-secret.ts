import { randomBytes } from 'node:crypto';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { remove } from '../../kube/api.js';
import { ownerLabels } from '../../run/object-labels.js';
import type { ClusterPlan, Plan } from '../../topology/plan-types.js';
import { read as readObject } from '../../fault/breakage.js';
import { lostCluster, reach, readersOf } from '../mesh-parts.js';
import { isRead, podsKnown } from '../mesh-waits.js';
import { tokenIn, tokenSecret, tokenRefused, tokenSource, tokenUsed, type TokenSource } from '../reader-token.js';
import { noPodCan, podComesAndGoes } from '../pod-comes.js';
import { changing } from '../scenario-acts.js';
import { defineScenario, type Act, type ActContext } from '../scenario.js';
import type { StandingChanges } from '../standing-changes.js';

export default defineScenario({
  id: 'ROT-1',
  title: 'remote secrets get a new token in place, and the old token is revoked',
  requires: ['clusters >= 2'],
  notFor: (plan) => noPodCan(lostCluster(plan)),
  acts(plan, changes) {
    const cluster = lostCluster(plan);
    const readers = readersOf(plan, cluster.name);
    const renewed = readers.map((reader) => renewal(plan, changes, reader, cluster));
    const { comes, goes } = podComesAndGoes(plan, changes, cluster, (context) =>
      podsKnown(context, plan, cluster.name, cluster.helloworld.length + 1),
    );
    const revoked: Act = {
      id: `revoked/${cluster.name}`,
      title: `the tokens that primaries had of ${cluster.name} are revoked`,
      cluster: cluster.name,
      async do(context) {
        const handle = reach(context, cluster.name);
        // what leads to the old tokens is not to be put back any more
        for (const { act } of renewed) changes.accept(act.id);
        for (const secret of new Set(renewed.flatMap(({ old }) => old.map(({ secret }) => secret)))) {
          await remove(handle, `/api/v1/namespaces/${handle.istio.namespace}/secrets/${secret}`);
          context.mark(`the token in ${secret} of ${cluster.name} is revoked`);
        }
        for (const token of new Set(renewed.flatMap(({ old }) => old.map(({ token }) => token))))
          await tokenRefused(handle, token, context.signal);
        context.mark(`${cluster.name} refuses the old tokens`);
        await isRead(context, plan, cluster.name);
        await podsKnown(context, plan, cluster.name, cluster.helloworld.length);
      },
    };
    return [...renewed.map(({ act }) => act), revoked, comes, goes];
  },
  budgets: () => [
    {
      gap: 0,
      resets: 0,
      reason: 'istiod is not on the path of any call, and keeps what it knows: nothing may be lost',
    },
  ],
});

/** An act that gives a primary a token of its own for a cluster, and the tokens that it had before. */
function renewal(
  plan: Plan,
  changes: StandingChanges,
  reader: ClusterPlan,
  cluster: ClusterPlan,
): { act: Act; old: TokenSource[] } {
  const old: TokenSource[] = [];
  const act = changing(
    changes,
    {
      id: `renewed/${reader.name}`,
      title: `the remote secret of ${cluster.name} in ${reader.name} gets a new token`,
      cluster: reader.name,
    },
    async (breakage, context) => {
      const [primary, read] = [reach(context, reader.name), reach(context, cluster.name)];
      const name = `secret/istio-remote-secret-${cluster.name}`;
      const before = await kubeconfigIn(context, reader.name, cluster.name);
      const source = tokenSource(before);
      old.push(source);
      const fresh = `istio-reader-${reader.name}-${randomBytes(4).toString('hex')}`;
      await breakage.create(read, tokenSecret(fresh, read.istio.namespace, source.serviceAccount, ownerLabels(plan)));
      const token = await tokenIn(read, fresh, context.signal);
      const after = before.replace(source.token, token);
      const encoded = Buffer.from(after).toString('base64');
      await breakage.edit(primary, primary.istio.namespace, name, { data: { [cluster.name]: encoded } });
      context.mark(`${reader.name} has a new token of ${cluster.name}`);
      await tokenUsed(read, fresh, context.signal);
      context.mark(`${reader.name} has logged in to ${cluster.name} with the new token`);
      await isRead(context, plan, cluster.name);
    },
  );
  return { act, old };
}

async function kubeconfigIn(context: ActContext, reader: string, cluster: string): Promise<string> {
  const primary = reach(context, reader);
  const found = await readObject(primary, primary.istio.namespace, `secret/istio-remote-secret-${cluster}`);
  const { data = {} } = found as { data?: Record<string, string> };
  const text = data[cluster];
  if (text !== undefined) return Buffer.from(text, 'base64').toString();
  throw new MeshproofError(`the remote secret of ${cluster} holds no kubeconfig of that name`, exitCode.environment, {
    where: `${reader}/${primary.istio.namespace}/istio-remote-secret-${cluster}`,
  });
}
