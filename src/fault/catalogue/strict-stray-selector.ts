import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'strict-stray-selector',
  title: 'the selector of a STRICT policy matches no pod',
  finding: { id: 'F-STRICT-SELECTOR', words: /expected: curl 56 to every call.*\ngot: (?!curl)/ },
  requires: ['not strict-mtls'],
  manifests: [
    {
      manifest: 'MTLS-3',
      object: 'PeerAuthentication/default',
      patch: { metadata: { name: 'echo' }, spec: { selector: { matchLabels: { app: 'eco' } } } },
    },
  ],
  fails: ({ names }) => ({ 'MTLS-3': each(names, /expected: curl 56 to every call/) }),
  passes: ['LOC-8'],
});
