import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'ports-named-alike',
  title: 'services that are to be kept apart by the names of their ports have the same names',
  finding: {
    id: 'F-SERVICES-MERGED',
    words: /calls to renamed-port\.\S+ from sleep\nexpected: \S+ and no error\ngot: .*, /,
  },
  requires: ['clusters >= 2'],
  manifests: [
    { manifest: 'LB-4', object: 'Service/renamed-port', patch: { spec: { ports: { 0: { name: 'http' } } } } },
  ],
  fails: ({ names }) => ({ 'LB-4': each(names, /calls to renamed-port/) }),
  passes: ['LOC-8'],
});
