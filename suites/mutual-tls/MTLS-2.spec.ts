import { alone, behaviour, expect, refusal, requires, type Cluster } from '../../fixtures/index.js';

/**
 * STRICT in the root namespace holds for every workload of the mesh, in a remote too. A plain-text connection is closed. Callers
 * with a sidecar are answered by the pods of every cluster.
 */
behaviour(
  'STRICT for the mesh refuses plain text in every cluster, and no caller with a sidecar',
  { ...alone, ...requires('not strict-mtls') },
  async ({ mesh, apply, ownNamespace, eachCluster }) => {
    const [own, outside] = [await ownNamespace(), await ownNamespace({ injection: false })];
    await Promise.all([own.deploy('echo'), outside.deploy('sleep')]);
    const { url } = own.service('echo', 8080);
    const plain = (cluster: Cluster) => outside.client(cluster, 'sleep').calls(url, { count: 10 });

    await eachCluster((cluster) => expect(plain(cluster)).toOnlyReach([cluster.name]));

    await apply();
    await eachCluster(async (cluster) => {
      const mutual = (count: number) => cluster.client('sleep').calls(url, { count });
      await expect(plain(cluster)).toBeRefused(refusal.plainText, { control: mutual(10) });
      await expect(mutual(mesh.callsToSeeAll)).toOnlyReach(mesh.names);
    });
  },
);
