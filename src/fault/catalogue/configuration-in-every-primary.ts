import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'configuration-in-every-primary',
  title: 'configuration that is meant for one primary is in all of them',
  finding: { id: 'F-CONFIGURATION-EVERYWHERE', words: /expected: answers, and no HTTP 418\ngot: HTTP 418/ },
  requires: ['multi-primary'],
  manifests: ['ServiceEntry/teapot', 'VirtualService/teapot'].map((object) => ({
    manifest: 'CP-4',
    object,
    patch: { spec: { hosts: [{ forEachCluster: '${cluster}.${namespace}.test' }] } },
  })),
  fails: ({ names }) => ({ 'CP-4': each(names, /and no HTTP 418/) }),
  passes: ['LOC-8'],
});
