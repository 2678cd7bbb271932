import { defineFault } from '../fault.js';

export default defineFault({
  id: 'authz-any-method',
  title: 'an ALLOW policy for GET also allows POST',
  finding: 'F-CONFIGURATION-DIFFERS',
  manifests: [
    {
      manifest: 'AUTHZ-2',
      object: 'AuthorizationPolicy/read-from-namespace',
      patch: { spec: { rules: { 0: { to: { 0: { operation: { methods: ['GET', 'POST'] } } } } } } },
    },
  ],
  fails: ({ names }) => ({ 'AUTHZ-2': names }),
  passes: ['LOC-8'],
});
