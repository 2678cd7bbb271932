import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-TLS-DISABLED',
  title: 'a DestinationRule disables TLS to a service of the mesh',
  hop: 'cluster',
  reads: ['configuration', 'services', 'declared'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      const [rules, services] = await Promise.all([
        mesh.unexpected(primary, 'destinationrules'),
        primary.listIn('services', mesh.workloadNamespaces),
      ]);
      const hosts = services.map(({ metadata }) => `${metadata?.name}.${metadata?.namespace}.svc.cluster.local`);
      return rules.flatMap(({ metadata, spec }) => {
        if (spec?.trafficPolicy?.tls?.mode !== 'DISABLE') return [];
        const host = spec.host ?? '';
        const full = host.includes('.') ? host : `${host}.${metadata.namespace}.svc.cluster.local`;
        const met = hosts.filter((one) => one === full || (full.startsWith('*') && one.endsWith(full.slice(1))));
        if (met.length === 0) return [];
        return [
          {
            cluster: primary.name,
            object: objectOf('DestinationRule', metadata),
            facts: { host, mode: 'DISABLE', services: met },
            says: `${titleOf('DestinationRule', metadata)} of ${primary.name} disables TLS to ${host}: gateways and STRICT pods refuse plain text`,
            remedy: 'remove trafficPolicy.tls: Istio uses mutual TLS automatically if the other side has a sidecar',
          },
        ];
      });
    }),
});
