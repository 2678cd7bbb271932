import { defineFault } from '../fault.js';
import { changeRemoteSecret, leadingTo } from '../change-remote-secret.js';
import { untilUnknown } from '../edit-helloworld.js';

export default defineFault({
  id: 'remote-secret-wrong-cluster',
  title: 'a remote secret has the name of one cluster but points to another',
  finding: 'F-REMOTE-SECRET-WRONG-CLUSTER',
  requires: ['clusters >= 2'],
  async break({ one, two }, breakage) {
    await changeRemoteSecret(one, two, breakage, await leadingTo(one));
    await untilUnknown(one, two, breakage);
  },
  fails: ({ one, servedBy }) => ({
    'CP-1': [one.name],
    'LB-1': servedBy(one),
    'LB-6': servedBy(one),
  }),
  passes: ['LOC-8'],
});
