import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';

export default defineFault({
  id: 'version-missing',
  title: 'the pods of one version are gone',
  finding: 'F-NO-PODS',
  requires: ['clusters >= 2'],
  async break({ two }, breakage) {
    await breakage.scale(two, sampleNamespace, `helloworld-${two.helloworld[0]}`, 0);
  },
  fails: ({ one, two, names }) => ({
    'LB-1': names,
    'LB-2': names,
    'LB-3': [one.name, two.name],
  }),
  passes: ['CP-1'],
  evidence: ({ two }) => [
    { file: `${two.name}/events.txt`, has: `Scaled down replica set helloworld-${two.helloworld[0]}` },
  ],
});
