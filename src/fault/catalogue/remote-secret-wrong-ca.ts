import { defineFault } from '../fault.js';
import { changeRemoteSecret } from '../change-remote-secret.js';
import { kubectl } from '../../kube/kubectl.js';

export default defineFault({
  id: 'remote-secret-wrong-ca',
  title: 'a remote secret trusts the CA of another API server',
  finding: 'F-REMOTE-SECRET-WRONG-CA',
  requires: ['multi-primary'],
  async break({ one, two }, breakage) {
    const map = ['-n', 'kube-system', 'get', 'configmap', 'kube-root-ca.crt', '-o', 'jsonpath={.data.ca\\.crt}'];
    const authority = Buffer.from(await kubectl(one, map)).toString('base64');
    await changeRemoteSecret(one, two, breakage, (kubeconfig) =>
      kubeconfig.replace(/certificate-authority-data: \S+/, `certificate-authority-data: ${authority}`),
    );
  },
  fails: ({ one }) => ({ 'CP-1': [one.name] }),
  passes: ['LOC-8'],
});
