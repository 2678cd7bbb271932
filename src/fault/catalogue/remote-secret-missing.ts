import { defineFault } from '../fault.js';
import { untilUnknown } from '../edit-helloworld.js';

export default defineFault({
  id: 'remote-secret-missing',
  title: 'a primary has no remote secret of another cluster',
  finding: 'F-REMOTE-SECRET-MISSING',
  requires: ['clusters >= 2'],
  async break({ one, two }, breakage) {
    await breakage.delete(one, one.istio.namespace, `secret/istio-remote-secret-${two.name}`);
    await untilUnknown(one, two, breakage);
  },
  fails: ({ one, servedBy }) => ({
    'LB-1': servedBy(one),
    'LB-2': servedBy(one),
    'LB-3': servedBy(one),
    'CP-1': [one.name],
  }),
  passes: ['LOC-8'],
  evidence: ({ one, two }) => [
    { file: `${one.name}/secrets.txt`, has: 'cacerts', lacks: `istio-remote-secret-${two.name}` },
  ],
});
