import { connectionsThat, gatewayListens } from '../gateway-connections.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-GATEWAY-PORT-CLOSED',
  title: 'a device on the path refuses connections to the east-west gateway of another network',
  hop: 'way',
  reads: ['services', 'endpointslices', 'connections'],
  needs: gatewayListens,
  applies: ({ features }) => features['multi-network'],
  look: (mesh) =>
    connectionsThat(mesh, 'refused', ({ from, to, address }) => ({
      says: `connections from ${from} to ${to}'s east-west gateway ${address} are refused, although the gateway listens`,
      remedy: 'open port 15443 in the firewalls, security groups and network policies between the two clusters',
    })),
});
