import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'registry-only-missing-in-remote',
  title: "the policy of a primary lets a remote's pods out",
  finding: { id: 'F-REGISTRY-ONLY-MISSING', words: /expected: HTTP 502 to every call.*\ngot: go-httpbin/ },
  requires: ['primary-remote', 'not registry-only'],
  manifests: [
    {
      manifest: 'EGR-7',
      object: 'Sidecar/default',
      patch: { spec: { outboundTrafficPolicy: { mode: 'ALLOW_ANY' } } },
    },
  ],
  fails: ({ clusters }) => ({
    'EGR-7': each(
      clusters.filter(({ role }) => role === 'remote').map(({ name }) => name),
      /got: go-httpbin/,
    ),
  }),
  passes: ['LOC-8'],
});
