import { defineFault } from '../fault.js';

export default defineFault({
  id: 'token-not-checked',
  title: 'a policy requires a token, but nothing validates it',
  finding: 'F-POLICY-SELECTOR',
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
  fails: ({ names }) => ({ 'AUTHZ-3': names }),
  passes: ['LOC-8'],
});
