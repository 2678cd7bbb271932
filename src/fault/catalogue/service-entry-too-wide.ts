import { defineFault } from '../fault.js';

export default defineFault({
  id: 'service-entry-too-wide',
  title: 'a ServiceEntry for one host covers its whole domain',
  finding: 'F-SERVICE-ENTRY-TOO-WIDE',
  manifests: [
    {
      manifest: 'EGR-4',
      object: 'ServiceEntry/http',
      patch: { spec: { hosts: ['http-${namespace}.external.test', '*.external.test'] } },
    },
  ],
  fails: ({ names }) => ({ 'EGR-4': names }),
  passes: ['LOC-8'],
});
