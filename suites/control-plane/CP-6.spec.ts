import { alone, behaviour, expect, timeouts } from '../../fixtures/index.js';

/**
 * A cluster that cannot be read is no reason not to serve the others. Every primary is given three remote secrets that are
 * of no use. An istiod that runs goes on; one that starts waits for them for a while (PILOT_REMOTE_CLUSTER_TIMEOUT, 30 s;
 * 5 s here, as all of it is waited for) and then is ready as well. That the secrets were read is shown by istiod itself,
 * which lists their clusters, and after its start says that they are not synced; one that is no kubeconfig names no cluster.
 */
behaviour(
  'unusable remote secrets keep no istiod from serving its own clusters, nor from starting',
  alone,
  async ({ mesh, ownNamespace, change, eachCluster }) => {
    const [running, restarted] = [await ownNamespace(), await ownNamespace()];
    const others = (primary: string) => mesh.clusters.filter(({ name }) => name !== primary).map(({ name }) => name);
    const synced = (primary: string) => others(primary).map((name) => `${name} synced`);
    const serves = (namespace: typeof running) =>
      eachCluster(async (cluster) => {
        await expect(cluster.newPods({ 'a new pod': { namespace: namespace.name } })).toBecome(['a new pod: sidecar']);
        await expect(cluster.client('sleep').knows(namespace.service('newcomer'))).toBecome(['known'], {
          within: timeouts.reconnect,
        });
      });

    const added = await Promise.all(
      mesh.primaries.map((primary) =>
        change.addBrokenRemoteSecrets(primary, ['unreachable', 'unauthorised', 'malformed']),
      ),
    );
    // one after the other: the second can wait for an answer to the first
    await eachCluster(async (primary) => {
      const read = primary.readsOneOf(['unauthorised', 'unreachable']);
      await expect(read).toBecome(['read'], { within: timeouts.remoteSecret });
    }, mesh.primaries);
    await running.apply();
    await serves(running);

    const restarts = await Promise.all(
      mesh.primaries.flatMap((primary) =>
        primary.istiodDeployments.map(({ namespace, name }) =>
          change.environment(primary, namespace, name, { PILOT_REMOTE_CLUSTER_TIMEOUT: '5s' }),
        ),
      ),
    );
    await eachCluster(async (primary) => {
      await expect(primary.istiodRollout()).toBecome(['complete'], { within: timeouts.rollout });
    }, mesh.primaries);
    await Promise.all(restarts.map(({ forgetReplaced }) => forgetReplaced()));
    // replaced istiods still end, and are asked no more: a proxy that is in sync now follows a new one
    await eachCluster(async (cluster) => {
      await expect(cluster.proxies()).toBeSynced(cluster.istioVersion, { within: timeouts.reconnect });
    });
    await restarted.apply();
    await serves(restarted);
    await eachCluster(async (primary) => {
      const broken = ['unauthorised timeout', 'unreachable timeout'];
      await expect(primary.remoteClusters()).toBecome([...synced(primary.name), ...broken]);
    }, mesh.primaries);

    // the secrets first: the next istiod would wait for them again
    await Promise.all(added.map((takeBack) => takeBack()));
    await Promise.all(restarts.map(({ takeBack }) => takeBack()));
    await eachCluster(async (cluster) => {
      if (cluster.role === 'primary') await expect(cluster.remoteClusters()).toBecome(synced(cluster.name));
      await expect(cluster.proxies()).toBeSynced(cluster.istioVersion, { within: timeouts.reconnect });
    });
  },
);
