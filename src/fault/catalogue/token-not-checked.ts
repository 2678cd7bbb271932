import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'token-not-checked',
  title: 'that a token is there is asked for, that it is valid is not',
  finding: { id: 'F-JWT-NOT-CHECKED', words: /expected: HTTP 401 to every call.*\ngot: (?!HTTP 401 \d+$)/ },
  manifests: [
    {
      manifest: 'AUTHZ-3',
      object: 'RequestAuthentication/tokens',
      patch: { spec: { selector: { matchLabels: { app: 'eco' } } } },
    },
    {
      manifest: 'AUTHZ-3',
      object: 'AuthorizationPolicy/token-required',
      patch: {
        spec: { rules: { 0: { from: null, when: [{ key: 'request.headers[authorization]', notValues: ['*'] }] } } },
      },
    },
  ],
  fails: ({ names }) => ({ 'AUTHZ-3': each(names, /expected: HTTP 401 to every call/) }),
  passes: ['LOC-8'],
});
