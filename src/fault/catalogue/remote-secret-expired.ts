import { defineFault } from '../fault.js';
import { changeRemoteSecret } from '../change-remote-secret.js';

export default defineFault({
  id: 'remote-secret-expired',
  title: 'the token in a remote secret is no longer valid',
  finding: 'F-REMOTE-SECRET-UNAUTHORIZED',
  requires: ['clusters >= 2'],
  async break({ one, two }, breakage) {
    await changeRemoteSecret(one, two, breakage, (kubeconfig) => kubeconfig.replace(/token: \S+/, 'token: expired'));
  },
  fails: ({ one }) => ({
    'CP-1': [one.name],
  }),
  passes: ['LOC-8'],
});
