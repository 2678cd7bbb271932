import { defineFault } from '../fault.js';

export default defineFault({
  id: 'mesh-wide-rule-too-narrow',
  title: 'a mesh-wide failover rule covers only one namespace',
  finding: 'F-CONFIGURATION-DIFFERS',
  requires: ['regions >= 2'],
  manifests: [
    { manifest: 'LOC-4', object: 'DestinationRule/global', patch: { spec: { host: '*.sample.svc.cluster.local' } } },
  ],
  fails: ({ names }) => ({ 'LOC-4': names }),
  passes: ['LOC-8'],
});
