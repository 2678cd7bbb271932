import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'strict-wrong-namespace',
  title: 'a STRICT policy for the mesh is in a namespace that is not the root namespace',
  finding: { id: 'F-STRICT-WRONG-NAMESPACE', words: /expected: curl 56 to every call.*\ngot: (?!curl)/ },
  requires: ['not strict-mtls'],
  manifests: [
    { manifest: 'MTLS-2', object: 'PeerAuthentication/default', patch: { metadata: { namespace: '${namespace}' } } },
  ],
  fails: ({ names }) => ({ 'MTLS-2': each(names, /expected: curl 56 to every call/) }),
  passes: ['LOC-8'],
});
