import { behaviour, expect, refusal, requires } from '../../fixtures/index.js';

/** STRICT in a namespace holds for the workloads of that namespace, and for no others: plain text is refused here and answered there. */
behaviour(
  'STRICT for one namespace refuses plain text there and nowhere else',
  requires('not strict-mtls'),
  async ({ mesh, ownNamespace, eachCluster }) => {
    const [strict, other] = [await ownNamespace(), await ownNamespace()];
    const outside = await ownNamespace({ injection: false });
    await Promise.all([strict.deploy('echo'), strict.apply(), other.deploy('echo'), outside.deploy('sleep')]);
    const { url } = strict.service('echo', 8080);

    await eachCluster(async (cluster) => {
      const plain = outside.client(cluster, 'sleep');
      const toOther = plain.calls(other.service('echo', 8080).url, { count: 10 });

      await expect(plain.calls(url, { count: 10 })).toBeRefused(refusal.plainText, { control: toOther });
      await expect(cluster.client('sleep').calls(url, { count: mesh.callsToSeeAll })).toOnlyReach(mesh.names);
    });
  },
);
