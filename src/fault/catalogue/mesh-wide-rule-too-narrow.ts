import { defineFault } from '../fault.js';

export default defineFault({
  id: 'mesh-wide-rule-too-narrow',
  title: 'a failover rule that is meant for the whole mesh is for one namespace',
  finding: 'F-CONFIGURATION-DIFFERS',
  requires: ['regions >= 2'],
  manifests: [
    { manifest: 'LOC-4', object: 'DestinationRule/global', patch: { spec: { host: '*.sample.svc.cluster.local' } } },
  ],
  fails: ({ names }) => ({ 'LOC-4': names }),
  passes: ['LOC-8'],
});
