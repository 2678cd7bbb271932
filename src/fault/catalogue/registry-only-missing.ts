import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'registry-only-missing',
  title: 'a Sidecar that should let out what is registered only lets out everything',
  finding: { id: 'F-REGISTRY-ONLY-MISSING', words: /expected: HTTP 502 to every call.*\ngot: go-httpbin/ },
  requires: ['not registry-only'],
  manifests: [
    {
      manifest: 'EGR-3',
      object: 'Sidecar/default',
      patch: { spec: { outboundTrafficPolicy: { mode: 'ALLOW_ANY' } } },
    },
  ],
  fails: ({ names }) => ({ 'EGR-3': each(names, /got: go-httpbin/) }),
  passes: ['LOC-8'],
});
