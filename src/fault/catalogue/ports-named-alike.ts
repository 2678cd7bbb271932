import { defineFault } from '../fault.js';

export default defineFault({
  id: 'ports-named-alike',
  title: 'services that differ only in their port names have the same port names',
  finding: 'F-CONFIGURATION-DIFFERS',
  requires: ['clusters >= 2'],
  manifests: [
    { manifest: 'LB-4', object: 'Service/renamed-port', patch: { spec: { ports: { 0: { name: 'http' } } } } },
  ],
  fails: ({ names }) => ({ 'LB-4': names }),
  passes: ['LOC-8'],
});
