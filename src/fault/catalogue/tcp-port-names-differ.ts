import { defineFault } from '../fault.js';

export default defineFault({
  id: 'tcp-port-names-differ',
  title: 'the TCP port of a service has a different name in every cluster',
  finding: 'F-SERVICE-PORT-NAME',
  requires: ['clusters >= 2'],
  manifests: [
    { manifest: 'echo', object: 'Service/echo', patch: { spec: { ports: { 2: { name: 'tcp-${cluster}' } } } } },
  ],
  fails: ({ names }) => ({ 'LB-9': names }),
  passes: ['LOC-8'],
});
