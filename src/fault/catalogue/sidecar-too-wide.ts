import { defineFault } from '../fault.js';

export default defineFault({
  id: 'sidecar-too-wide',
  title: 'a Sidecar gives its proxies the configuration of all namespaces',
  finding: 'F-CONFIGURATION-DIFFERS',
  manifests: [{ manifest: 'TRF-9', object: 'Sidecar/default', patch: { spec: { egress: [{ hosts: ['*/*'] }] } } }],
  fails: ({ names }) => ({ 'TRF-9': names }),
  passes: ['LOC-8'],
});
