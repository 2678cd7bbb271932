import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'server-not-verified',
  title: 'the egress gateway verifies a server by an authority that it should not trust for it',
  finding: {
    id: 'F-TLS-NOT-VERIFIED',
    words: /expected: HTTP 503 "upstream connect error" to every call.*\ngot: go-httpbin/,
  },
  manifests: [
    {
      manifest: 'EGR-6',
      object: 'DestinationRule/untrusted',
      patch: { spec: { trafficPolicy: { portLevelSettings: { 0: { tls: { credentialName: 'trusted' } } } } } },
    },
  ],
  fails: ({ names }) => ({ 'EGR-6': each(names, /got: go-httpbin/) }),
  passes: ['LOC-8'],
});
