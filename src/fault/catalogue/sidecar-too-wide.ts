import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'sidecar-too-wide',
  title: 'a Sidecar tells its proxies of all namespaces',
  finding: { id: 'F-SIDECAR-TOO-WIDE', words: /helloworld\.sample\S+\nexpected: unknown\ngot: known/ },
  manifests: [{ manifest: 'TRF-9', object: 'Sidecar/default', patch: { spec: { egress: [{ hosts: ['*/*'] }] } } }],
  fails: ({ names }) => ({ 'TRF-9': each(names, /expected: unknown\ngot: known/) }),
  passes: ['LOC-8'],
});
