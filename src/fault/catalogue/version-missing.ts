import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { each, onlyVersionOf } from '../expectations.js';

export default defineFault({
  id: 'version-missing',
  title: 'the pods of one version are gone',
  finding: { id: 'F-NO-PODS', words: /versions of helloworld with a ready pod\nexpected: \S+\ngot: none/ },
  requires: ['clusters >= 2'],
  async break({ two }, breakage) {
    await breakage.scale(two, sampleNamespace, `helloworld-${two.helloworld[0]}`, 0);
  },
  fails: ({ one, two, names }) => ({
    'LB-1': each(names, onlyVersionOf(one)),
    'LB-2': each(names, onlyVersionOf(one)),
    'LB-3': {
      // what is near is counted by its pods, what is far by its gateway
      [one.name]: new RegExp(`endpoints of helloworld|${onlyVersionOf(one).source}`, 'm'),
      [two.name]: /versions of helloworld with a ready pod\nexpected: \S+\ngot: none/,
    },
  }),
  passes: ['CP-1'],
  evidence: ({ two }) => [
    { file: `${two.name}/events.txt`, word: /Scaled down replica set helloworld-\S+ from 1 to 0/ },
  ],
});
