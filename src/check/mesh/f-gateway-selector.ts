import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { crossNetworkGateways, selectsGateway } from '../gateway-facts.js';
import { labelsText } from '../object-kinds.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-GATEWAY-SELECTOR',
  title: 'the Gateway that exposes services to other networks selects no gateway pod',
  hop: 'gateway',
  reads: ['configuration', 'pods'],
  applies: ({ features }) => features['multi-network'],
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const gateways = await crossNetworkGateways(mesh, cluster);
      const selecting = await Promise.all(gateways.map((gateway) => selectsGateway(cluster, gateway)));
      if (gateways.length === 0 || selecting.some(Boolean)) return [];
      return gateways.map(({ metadata, spec }) => ({
        cluster: mesh.primaryOf(cluster).name,
        object: objectOf('Gateway', metadata),
        facts: { selector: spec?.selector ?? {}, gateway: { ...cluster.gateway.labels }, of: cluster.name },
        says: `${titleOf('Gateway', metadata)} selects ${labelsText(spec?.selector)}, which no pod of the east-west gateway of ${cluster.name} has`,
        remedy: `set its selector to ${labelsText(cluster.gateway.labels)}`,
      }));
    }),
});
