import { connectionsThat, gatewayListens } from '../gateway-connections.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-LINK-DROPS-PACKETS',
  title: 'packets to the east-west gateway of another network are dropped',
  hop: 'way',
  reads: ['services', 'endpointslices', 'connections'],
  needs: gatewayListens,
  applies: ({ features }) => features['multi-network'],
  look: (mesh) =>
    connectionsThat(mesh, 'no answer', ({ from, to, address, status }) => ({
      says: `packets from ${from} to ${to}'s east-west gateway ${address} are dropped, although the gateway listens; its status port: ${status}`,
      remedy: 'check firewalls, routes and the MTU between the nodes and this address',
    })),
});
