import { defineFault } from '../fault.js';
import { authorityOf, changeRemoteSecret } from '../change-remote-secret.js';

export default defineFault({
  id: 'remote-secret-wrong-ca',
  title: 'a remote secret trusts the CA of another API server',
  finding: 'F-REMOTE-SECRET-WRONG-CA',
  requires: ['clusters >= 2'],
  async break({ one, two }, breakage) {
    const authority = await authorityOf(one);
    await changeRemoteSecret(one, two, breakage, (kubeconfig) =>
      kubeconfig.replace(/certificate-authority-data: \S+/, `certificate-authority-data: ${authority}`),
    );
  },
  fails: ({ one }) => ({ 'CP-1': [one.name] }),
  passes: ['LOC-8'],
});
