import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'remote-configuration-in-primary',
  title: 'configuration that was put into a remote is in its primary as well',
  finding: { id: 'F-CONFIGURATION-EVERYWHERE', words: /expected: answers, and no HTTP 418\ngot: HTTP 418/ },
  requires: ['primary-remote'],
  manifests: ['ServiceEntry/teapot', 'VirtualService/teapot'].map((object) => ({
    manifest: 'CP-3',
    object,
    patch: { spec: { hosts: [{ forEachCluster: '${cluster}.cp-3.test' }] } },
  })),
  fails: ({ names }) => ({ 'CP-3': each(names, /and no HTTP 418/) }),
  passes: ['LOC-8'],
});
