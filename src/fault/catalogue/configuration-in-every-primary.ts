import { defineFault } from '../fault.js';

export default defineFault({
  id: 'configuration-in-every-primary',
  title: 'configuration for one primary is in every primary',
  finding: 'F-CONFIGURATION-DIFFERS',
  // one primary has no second that could have the same
  requires: ['multi-primary'],
  manifests: ['ServiceEntry/teapot', 'VirtualService/teapot'].map((object) => ({
    manifest: 'CP-4',
    object,
    patch: { spec: { hosts: [{ forEachCluster: '${cluster}.${namespace}.test' }] } },
  })),
  fails: ({ names }) => ({ 'CP-4': names }),
  passes: ['LOC-8'],
});
