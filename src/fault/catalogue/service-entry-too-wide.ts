import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'service-entry-too-wide',
  title: 'a ServiceEntry for one host is for all names of its domain',
  finding: { id: 'F-SERVICE-ENTRY-TOO-WIDE', words: /expected: HTTP 502 to every call\ngot: go-httpbin/ },
  manifests: [
    {
      manifest: 'EGR-4',
      object: 'ServiceEntry/http',
      patch: { spec: { hosts: ['http-${namespace}.external.test', '*.external.test'] } },
    },
  ],
  fails: ({ names }) => ({ 'EGR-4': each(names, /expected: HTTP 502 to every call/) }),
  passes: ['LOC-8'],
});
