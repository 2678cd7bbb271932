import { defineFault } from '../fault.js';

export default defineFault({
  id: 'authz-empty-rule',
  title: 'an ALLOW policy has an empty rule, which allows every call',
  finding: 'F-AUTHZ-EMPTY-RULE',
  manifests: [{ manifest: 'AUTHZ-1', object: 'AuthorizationPolicy/only-sleep', patch: { spec: { rules: [{}] } } }],
  fails: ({ names }) => ({ 'AUTHZ-1': names }),
  passes: ['LOC-8'],
});
