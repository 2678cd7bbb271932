import { defineHostCheck, dockerOf, makesClusters } from '../host-view.js';
import { memoryRequirement } from '../preflight-programs.js';

export default defineHostCheck({
  id: 'F-MEMORY-SHORT',
  title: 'there is too little memory for the clusters',
  applies: makesClusters,

  ask: async (host) => [await memoryRequirement(host.plan, dockerOf(host))],
});
