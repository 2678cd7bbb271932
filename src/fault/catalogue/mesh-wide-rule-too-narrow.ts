import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'mesh-wide-rule-too-narrow',
  title: 'a failover rule that is meant for the whole mesh is for one namespace',
  finding: { id: 'F-RULE-TOO-NARROW', words: /helloworld\.own-\S+ from sleep\nexpected: \S+ and no error\ngot: .*, / },
  requires: ['regions >= 2'],
  manifests: [
    { manifest: 'LOC-4', object: 'DestinationRule/global', patch: { spec: { host: '*.sample.svc.cluster.local' } } },
  ],
  fails: ({ names }) => ({ 'LOC-4': each(names, /helloworld\.own-/) }),
  passes: ['LOC-8'],
});
