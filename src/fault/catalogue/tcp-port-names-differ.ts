import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'tcp-port-names-differ',
  title: 'the TCP port of a service has another name in every cluster',
  finding: {
    id: 'F-SERVICE-PORT-NAME',
    words: /calls to tcp:\S+ from [^]*expected: every version in one batch: \S+, \S+\ngot: \S+ \d+$/m,
  },
  requires: ['multi-primary'],
  manifests: [
    { manifest: 'echo', object: 'Service/echo', patch: { spec: { ports: { 2: { name: 'tcp-${cluster}' } } } } },
  ],
  fails: ({ names }) => ({ 'LB-9': each(names, /calls to tcp:/) }),
  passes: ['LOC-8'],
});
