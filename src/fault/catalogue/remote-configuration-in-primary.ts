import { defineFault } from '../fault.js';

export default defineFault({
  id: 'remote-configuration-in-primary',
  title: 'configuration for a remote is also in its primary',
  finding: 'F-CONFIGURATION-DIFFERS',
  requires: ['primary-remote'],
  manifests: ['ServiceEntry/teapot', 'VirtualService/teapot'].map((object) => ({
    manifest: 'CP-3',
    object,
    patch: { spec: { hosts: [{ forEachCluster: '${cluster}.cp-3.test' }] } },
  })),
  fails: ({ names }) => ({ 'CP-3': names }),
  passes: ['LOC-8'],
});
