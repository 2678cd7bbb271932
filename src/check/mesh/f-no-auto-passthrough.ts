import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { crossNetworkGateways, crossNetworkPort, serverOf } from '../gateway-facts.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-NO-AUTO-PASSTHROUGH',
  title: 'the Gateway that exposes services to other networks does not forward by SNI',
  hop: 'gateway',
  reads: ['configuration'],
  applies: ({ features }) => features['multi-network'],
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const gateways = await crossNetworkGateways(mesh, cluster);
      const mode = (gateway: (typeof gateways)[number]) => serverOf(gateway.spec?.servers)?.tls?.mode ?? 'SIMPLE';
      if (gateways.some((gateway) => mode(gateway) === 'AUTO_PASSTHROUGH')) return [];
      return gateways.map((gateway) => ({
        cluster: mesh.primaryOf(cluster).name,
        object: objectOf('Gateway', gateway.metadata),
        facts: { mode: mode(gateway), of: cluster.name },
        says: `${titleOf('Gateway', gateway.metadata)} for ${cluster.name} has TLS mode ${mode(gateway)} on port ${crossNetworkPort}, not AUTO_PASSTHROUGH`,
        remedy: 'set tls.mode to AUTO_PASSTHROUGH',
      }));
    }),
});
