import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'authz-any-method',
  title: 'an ALLOW policy for GET allows POST as well',
  finding: { id: 'F-AUTHZ-TOO-WIDE', words: /expected: HTTP 403 "RBAC: access denied".*\ngot: (?!HTTP 403 \d+$)/ },
  manifests: [
    {
      manifest: 'AUTHZ-2',
      object: 'AuthorizationPolicy/read-from-namespace',
      patch: { spec: { rules: { 0: { to: { 0: { operation: { methods: ['GET', 'POST'] } } } } } } },
    },
  ],
  fails: ({ names }) => ({ 'AUTHZ-2': each(names, /expected: HTTP 403/) }),
  passes: ['LOC-8'],
});
