import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-AUTHZ-EMPTY-RULE',
  title: 'an ALLOW policy has an empty rule, which allows every call',
  hop: 'policy',
  reads: ['configuration', 'declared'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) =>
      (await mesh.unexpected(primary, 'authorizationpolicies'))
        .filter(({ spec }) => (spec?.action ?? 'ALLOW') === 'ALLOW')
        .filter(({ spec }) => spec?.rules?.some((rule) => Object.keys(rule ?? {}).length === 0))
        .map(({ metadata }) => ({
          cluster: primary.name,
          object: objectOf('AuthorizationPolicy', metadata),
          facts: { rule: {} },
          says: `${titleOf('AuthorizationPolicy', metadata)} of ${primary.name} has an empty rule, which allows every call`,
          remedy: 'specify the callers in the rule; a policy that should allow nobody must have no rules',
        })),
    ),
});
