import { behaviour, callsToMeet, expect } from '../../fixtures/index.js';

/**
 * TCP and gRPC services are balanced over all clusters as HTTP is. A headless service is not: its callers choose a pod by
 * DNS, so it reaches as far as DNS does. Kubernetes' DNS knows the pods of the own cluster. A proxy that answers DNS itself
 * (ISTIO_META_DNS_CAPTURE, on the pods of echo) knows those of every cluster, but gives only addresses that can be called
 * directly: those of its own network. The same holds for the name of a single pod of a StatefulSet.
 */
behaviour(
  'TCP and gRPC reach every cluster; headless services and pods by name, those that DNS can point to',
  async ({ mesh, ownNamespace, eachCluster }) => {
    const space = await ownNamespace();
    await space.deploy('echo');
    const everyone = mesh.clusters.map(({ name }) => name);
    const enough = mesh.callsToSeeAll;

    await eachCluster(async (cluster) => {
      // each StatefulSet has the name of its cluster
      const echo = space.client(cluster, `statefulset/${cluster.name}`);
      const sleep = cluster.client('sleep');
      const near = mesh.nearTo(cluster).map(({ name }) => name);

      for (const url of [`tcp://echo.${space.name}:9090`, `grpc://echo.${space.name}:7070`]) {
        await expect(echo.echoes(url, callsToMeet(mesh.clusters.length, 20))).toReachVersions(everyone);
        await expect(await echo.echoes(url, enough).once()).toOnlyReach(everyone);
      }

      const headless = `headless.${space.name}`;
      await expect(sleep.calls(`${headless}:8080`, { count: 20 })).toOnlyReach([cluster.name]);
      await expect(echo.echoes(`tcp://${headless}:9090`, enough)).toOnlyReach(near);
      await expect(echo.echoes(`http://${headless}:8080`, enough)).toOnlyReach(near);

      for (const name of everyone) {
        const pod = `${name}-0.${headless}`;
        const byKubernetes = sleep.calls(`${pod}:8080`, { count: 3 });
        const byProxy = echo.echoes(`tcp://${pod}:9090`, 3);
        if (name === cluster.name) await expect(byKubernetes).toOnlyReach([name]);
        else expect(await byKubernetes.once()).toFailBy('Could not resolve host');
        if (near.includes(name)) await expect(byProxy).toOnlyReach([name]);
        else expect(await byProxy.once()).toFailBy('no such host');
      }
    });
  },
);
