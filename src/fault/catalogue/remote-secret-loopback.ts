import { defineFault } from '../fault.js';
import { changeRemoteSecret } from '../change-remote-secret.js';

export default defineFault({
  id: 'remote-secret-loopback',
  title: "a remote secret points to 127.0.0.1, like kind's own kubeconfig",
  finding: 'F-REMOTE-SECRET-LOOPBACK',
  requires: ['clusters >= 2'],
  async break({ one, two }, breakage) {
    await changeRemoteSecret(one, two, breakage, (kubeconfig) =>
      kubeconfig.replace(/server: \S+/, 'server: https://127.0.0.1:6443'),
    );
  },
  fails: ({ one }) => ({ 'CP-1': [one.name] }),
  passes: ['LOC-8'],
});
