import { defineFault } from '../fault.js';
import { changeRemoteSecret } from '../change-remote-secret.js';

export default defineFault({
  id: 'remote-secret-malformed',
  title: 'the kubeconfig in a remote secret is encoded twice',
  finding: 'F-REMOTE-SECRET-MALFORMED',
  requires: ['clusters >= 2'],
  break: ({ one, two }, breakage) =>
    changeRemoteSecret(one, two, breakage, (kubeconfig) => Buffer.from(kubeconfig).toString('base64')),
  fails: ({ one }) => ({ 'CP-1': [one.name] }),
  passes: ['LOC-8'],
});
