import { behaviour, expect } from '../../fixtures/index.js';

/**
 * Who calls is told by the caller's certificate, wherever it runs: the servers of all clusters are shown one and the same
 * identity, made of trust domain, namespace and service account. An east-west gateway passes mutual TLS on unopened.
 */
behaviour(
  'the identity of a caller is the same to the servers of every cluster',
  async ({ mesh, ownNamespace, eachCluster }) => {
    const own = await ownNamespace();
    await Promise.all([own.deploy('echo'), own.deploy('sleep')]);
    const { url } = own.service('echo', 8080);
    const identity = `spiffe://${mesh.principal(own.name, 'sleep')}`;

    await eachCluster(async (cluster) => {
      const sleep = own.client(cluster, 'sleep');
      await expect(sleep.identity()).toBecome([identity]);

      const calls = sleep.calls(url, { count: mesh.callsToSeeAll });
      await expect(calls).toOnlyReach(mesh.names);

      const batch = await calls.once();
      await expect(batch).toOnlyReach(mesh.names);
      expect(batch).toBeSeenAs(identity);
    });
  },
);
