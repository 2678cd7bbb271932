import { defineFault } from '../fault.js';
import { each, onlyVersionOf } from '../expectations.js';
import { untilUnknown } from '../edit-helloworld.js';

export default defineFault({
  id: 'remote-secret-missing',
  title: 'a primary has no remote secret of another cluster',
  finding: { id: 'F-REMOTE-SECRET-MISSING', words: /clusters that istiod watches\nexpected: \S+ synced\ngot: none/ },
  requires: ['clusters >= 2'],
  async break({ one, two }, breakage) {
    await breakage.delete(one, one.istio.namespace, `secret/istio-remote-secret-${two.name}`);
    await untilUnknown(one, two, breakage);
  },
  fails: ({ one, two, servedBy }) => ({
    'LB-1': each(servedBy(one), onlyVersionOf(one)),
    'LB-2': each(servedBy(one), onlyVersionOf(one)),
    'LB-3': each(servedBy(one), /endpoints of helloworld/),
    'CP-1': { [one.name]: new RegExp(`clusters that istiod watches\nexpected: ${two.name} synced\ngot: none`) },
  }),
  passes: ['LOC-8'],
  evidence: ({ one, two }) => [
    { file: `${one.name}/secrets.txt`, word: /cacerts/, without: new RegExp(`istio-remote-secret-${two.name}`) },
  ],
});
