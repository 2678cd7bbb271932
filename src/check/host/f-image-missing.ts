import { exitCode } from '../../kernel/errors.js';
import { defineHostCheck, makesClusters } from '../host-view.js';
import { imageRequirements } from '../preflight-images.js';

export default defineHostCheck({
  id: 'F-IMAGE-MISSING',
  title: 'an image is in no registry and not in the local Docker',
  applies: makesClusters,
  code: exitCode.environment,
  ask: ({ plans }) => imageRequirements(plans),
});
