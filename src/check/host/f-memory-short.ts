import { defineHostCheck, dockerOf, makesClusters } from '../host-view.js';
import { memoryRequirement } from '../preflight-programs.js';

export default defineHostCheck({
  id: 'F-MEMORY-SHORT',
  title: 'the clusters need more memory',
  applies: makesClusters,

  ask: async (host) => [await memoryRequirement(host.plan, dockerOf(host))],
});
