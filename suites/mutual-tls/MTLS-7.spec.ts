import { behaviour, expect, refusal } from '../../fixtures/index.js';

/**
 * Every workload has a certificate that the authority of its own control plane has signed, and all authorities of the mesh
 * have one root, which every proxy trusts: that is why workloads of different clusters believe each other. It lasts as long
 * as was asked for. And a proxy speaks nothing older than TLS 1.2.
 */
behaviour(
  'certificates lead to one root by way of the own cluster, last as configured, and TLS 1.1 is refused',
  async ({ mesh, ownNamespace, eachCluster }) => {
    const [own, outside] = [await ownNamespace(), await ownNamespace({ injection: false })];
    await Promise.all([own.deploy('echo'), own.apply(), outside.deploy('sleep')]);
    const { root } = await mesh.primaries[0]!.authority();

    await eachCluster(async (cluster) => {
      const { signer } = await mesh.primaryOf(cluster).authority();
      const certificate = (hours: number) => [`signed by ${signer}`, `trusts ${root}`, `lasts ${hours} h`];
      const sleep = cluster.client('sleep');
      await expect(sleep.certificate()).toBecome(certificate(24));
      await expect(own.client(cluster, 'short-lived').certificate()).toBecome(certificate(1));

      const { host, url } = own.service('echo', 8080);
      const handshakes = (tlsVersion: '1.1' | '1.2') =>
        outside.client(cluster, 'sleep').calls(`https://${host}:8080`, { count: 5, tlsVersion });
      const control = sleep.calls(url, { count: 5 });
      await expect(handshakes('1.1')).toBeRefused(refusal.tlsVersion, { control });
      await expect(handshakes('1.2')).toBeRefused(refusal.noCertificate, { control });
    });
  },
);
