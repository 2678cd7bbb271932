import { exitCode } from '../../kernel/errors.js';
import { defineHostCheck, makesClusters } from '../host-view.js';
import { manifestRequirement } from '../manifest-check.js';

export default defineHostCheck({
  id: 'F-MANIFEST-UNREADABLE',
  title: "the load balancer's manifest is not readable",
  applies: makesClusters,
  code: exitCode.environment,
  ask: async ({ plan }) => [await manifestRequirement(plan.environment)],
});
