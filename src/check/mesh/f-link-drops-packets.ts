import { connectionsThat, gatewayListens } from '../gateway-connections.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-LINK-DROPS-PACKETS',
  title: 'packets to the east-west gateway of another network vanish',
  hop: 'way',
  reads: ['services', 'endpointslices', 'connections'],
  needs: gatewayListens,
  applies: ({ features }) => features['multi-network'],
  look: (mesh) =>
    connectionsThat(mesh, 'no answer', ({ from, to, address, status }) => ({
      says: `packets from ${from} to ${to}'s east-west gateway ${address} vanish, though it listens; its status port: ${status}`,
      remedy: 'look for a firewall that drops them, a missing route, or a wrong MTU between the nodes and this address',
    })),
});
