import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-AUTHZ-ALLOWS-NOBODY',
  title: 'an ALLOW policy without rules denies all calls that no other policy allows',
  hop: 'policy',
  reads: ['configuration', 'declared'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      const found = await mesh.unexpected(primary, 'authorizationpolicies');
      const allows = found.filter(({ spec }) => (spec?.action ?? 'ALLOW') === 'ALLOW');
      return allows
        .filter(({ spec }) => (spec?.rules ?? []).length === 0)
        .filter(({ metadata }) => {
          const others = allows.filter(
            (one) => one.metadata.namespace === metadata.namespace && (one.spec?.rules ?? []).length > 0,
          );
          // with policies that allow somebody it is the usual ground for them
          return others.length === 0;
        })
        .map(({ metadata }) => ({
          cluster: primary.name,
          object: objectOf('AuthorizationPolicy', metadata),
          facts: { action: 'ALLOW', rules: 0 },
          says: `${titleOf('AuthorizationPolicy', metadata)} of ${primary.name} has no rule, and no other policy of ${metadata.namespace} allows any caller: calls end with 403`,
          remedy: `add an ALLOW policy for the callers, or: kubectl -n ${metadata.namespace} delete authorizationpolicy ${metadata.name}`,
        }));
    }),
});
