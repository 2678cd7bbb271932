import { behaviour, expect, refusal } from '../../fixtures/index.js';

/**
 * A principal is trust domain, namespace and service account: no cluster is in it. A policy that allows one lets in the callers
 * of every cluster that have it, and nobody else; a caller without a certificate has no principal at all. A cluster that is
 * STRICT closes the connection of that caller before the policy is asked.
 */
behaviour(
  'ALLOW by principal lets in that service account from every cluster, and no other from any',
  async ({ mesh, ownNamespace, eachCluster }) => {
    const [own, outside] = [await ownNamespace(), await ownNamespace({ injection: false })];
    const workloads = [own.deploy('echo'), own.deploy('sleep'), outside.deploy('sleep')];
    await Promise.all([...workloads, own.apply({ principal: mesh.principal(own.name, 'sleep') })]);
    const { url } = own.service('echo', 8080);
    const count = mesh.callsToSeeAll;

    await eachCluster(async (cluster) => {
      const sleep = own.client(cluster, 'sleep');
      const another = cluster.client('sleep');
      const withoutSidecar = outside.client(cluster, 'sleep');
      const control = sleep.calls(url, { count: 10 });

      await expect(sleep.calls(url, { count })).toOnlyReach(mesh.names);
      await expect(another.calls(url, { count })).toBeRefused(refusal.authorization, { control });
      const how = mesh.has('strict-mtls') ? refusal.noIdentity : refusal.authorization;
      await expect(withoutSidecar.calls(url, { count: 10 })).toBeRefused(how, { control });
    });
  },
);
