import { alone, behaviour, expect, timeouts } from '../../fixtures/index.js';

/**
 * istiod is not in the path of any call. Without it traffic goes on as it was, what is new waits (a pod is refused, a service
 * stays unknown to the proxies), and when it is back, what has waited is done. One primary loses its istiod; clusters that
 * another primary serves do not notice, and show in the same minute that what waits elsewhere would otherwise have been done.
 */
behaviour(
  'without istiod traffic goes on and what is new waits; with it again, it proceeds',
  alone,
  async ({ mesh, ownNamespace, underLoad, change, eachCluster }) => {
    const lost = mesh.primaries[0]!;
    const own = await ownNamespace();
    const latecomer = own.service('latecomer');
    const newPod = { 'a new pod': { namespace: own.name } };
    const load = await underLoad(mesh.helloworld.url);

    const takeBack = await Promise.all(
      lost.istiodDeployments.map(({ namespace, name }) => change.scale(lost, namespace, name, 0)),
    );
    await expect(lost.istiods()).toBecome([]);
    await own.apply();

    await eachCluster(async (cluster) => {
      const knows = cluster.client('sleep').knows(latecomer);
      if (cluster.controlPlane === lost.name) {
        await expect(cluster.newPods(newPod)).toBecome(['a new pod: no injector answers']);
        await expect(knows).toBecome(['unknown'], { successes: 3 });
      } else {
        await expect(cluster.newPods(newPod)).toBecome(['a new pod: sidecar']);
        await expect(knows).toBecome(['known']);
      }
    });

    await Promise.all(takeBack.map((one) => one()));
    await eachCluster(async (cluster) => {
      await expect(cluster.newPods(newPod)).toBecome(['a new pod: sidecar']);
      await expect(cluster.client('sleep').knows(latecomer)).toBecome(['known'], { within: timeouts.reconnect });
      await expect(cluster.proxies()).toBeSynced(cluster.istioVersion, { within: timeouts.reconnect });
    });
    // under load until the last proxy of the last cluster has found its istiod again
    await eachCluster(async (cluster) => expect(await load.from(cluster)).toLoseAtMost(0));
  },
);
