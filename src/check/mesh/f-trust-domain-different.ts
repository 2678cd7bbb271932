import { among } from '../check.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-TRUST-DOMAIN-DIFFERENT',
  title: 'a control plane issues identities of a different trust domain',
  hop: 'mtls',
  reads: ['mesh config'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      const config = await primary.meshConfig();
      if (!config) return [];
      const found = String(config['trustDomain'] ?? 'cluster.local');
      const expected = mesh.plan.istio.trustDomain;
      const aliases = await Promise.all(
        mesh.primaries.map(async (one) => (await one.meshConfig())?.['trustDomainAliases'] ?? []),
      );
      if (found === expected || aliases.flat().includes(found)) return [];
      return [
        {
          cluster: primary.name,
          object: `configmap/${primary.istiod.namespace}/${primary.istiod.meshConfig}`,
          facts: { found, expected },
          says: `${primary.name} has the trust domain ${found} instead of ${expected}`,
          remedy: `set trustDomain: ${expected} in its mesh config, or add ${found} to trustDomainAliases of the others; then restart the workloads`,
        },
      ];
    }),
});
