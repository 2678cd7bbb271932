import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'permissive-for-strict',
  title: 'PERMISSIVE where STRICT was asked for',
  finding: { id: 'F-NOT-STRICT', words: /expected: curl 56 to every call.*\ngot: (?!curl)/ },
  requires: ['not strict-mtls'],
  manifests: [
    { manifest: 'MTLS-3', object: 'PeerAuthentication/default', patch: { spec: { mtls: { mode: 'PERMISSIVE' } } } },
  ],
  fails: ({ names }) => ({ 'MTLS-3': each(names, /expected: curl 56 to every call/) }),
  passes: ['LOC-8'],
});
