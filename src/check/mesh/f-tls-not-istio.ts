import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';
import { fullHost, isFor, knownHosts } from '../hosts-of-mesh.js';

export default defineCheck({
  id: 'F-TLS-NOT-ISTIO',
  title: 'a DestinationRule uses TLS other than Istio’s for a service of the mesh',
  hop: 'cluster',
  reads: ['configuration', 'services', 'declared'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      const [rules, known] = await Promise.all([mesh.unexpected(primary, 'destinationrules'), knownHosts(mesh)]);
      return rules.flatMap(({ metadata, spec }) => {
        const mode = spec?.trafficPolicy?.tls?.mode;
        const host = fullHost(spec?.host ?? '', metadata.namespace);
        const met = [...known].filter((one) => isFor(host, one));
        if ((mode !== 'SIMPLE' && mode !== 'MUTUAL') || met.length === 0) return [];
        return [
          {
            cluster: primary.name,
            object: objectOf('DestinationRule', metadata),
            facts: { host, mode, services: met },
            says: `${titleOf('DestinationRule', metadata)} of ${primary.name} has tls.mode ${mode} for ${host}: sidecars and gateways reject the caller's certificate`,
            remedy: 'remove trafficPolicy.tls: Istio uses mutual TLS automatically if the other side has a sidecar',
          },
        ];
      });
    }),
});
