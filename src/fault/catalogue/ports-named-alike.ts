import { defineFault } from '../fault.js';

export default defineFault({
  id: 'ports-named-alike',
  title: 'services that are to be kept apart by the names of their ports have the same names',
  finding: 'F-CONFIGURATION-DIFFERS',
  requires: ['clusters >= 2'],
  manifests: [
    { manifest: 'LB-4', object: 'Service/renamed-port', patch: { spec: { ports: { 0: { name: 'http' } } } } },
  ],
  fails: ({ names }) => ({ 'LB-4': names }),
  passes: ['LOC-8'],
});
