import { defineHostCheck, makesClusters } from '../host-view.js';
import { dockerSubnet } from '../preflight-docker.js';

export default defineHostCheck({
  id: 'F-SUBNET-TAKEN',
  title: 'the subnet for the clusters is in use',
  applies: makesClusters,

  ask: async ({ plan }) => [await dockerSubnet(plan)],
});
