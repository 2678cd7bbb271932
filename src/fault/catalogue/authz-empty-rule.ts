import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'authz-empty-rule',
  title: 'an ALLOW policy has an empty rule, which allows everything',
  finding: { id: 'F-AUTHZ-EMPTY-RULE', words: /expected: HTTP 403 "RBAC: access denied".*\ngot: (?!HTTP 403 \d+$)/ },
  manifests: [{ manifest: 'AUTHZ-1', object: 'AuthorizationPolicy/only-sleep', patch: { spec: { rules: [{}] } } }],
  fails: ({ names }) => ({ 'AUTHZ-1': each(names, /expected: HTTP 403/) }),
  passes: ['LOC-8'],
});
