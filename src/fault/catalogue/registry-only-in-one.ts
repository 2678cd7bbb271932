import { defineFault } from '../fault.js';
import { exec } from '../../kube/kubectl.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { editMeshConfig } from '../edit-mesh-config.js';

export default defineFault({
  id: 'registry-only-in-one',
  title: 'the mesh config of a primary allows only registered hosts',
  finding: 'F-REGISTRY-ONLY-UNASKED',
  requires: ['not registry-only'],
  async break({ two, primaryOf }, breakage) {
    await editMeshConfig(primaryOf(two), breakage, { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } });
    const unregistered = ['-H', 'host: unregistered.test', `helloworld.${sampleNamespace}:5000/hello`];
    const curl = ['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', ...unregistered];
    await breakage.until(
      'calls to unregistered hosts are refused',
      async () => (await exec(two, sampleNamespace, 'deploy/sleep', 'sleep', curl)) === '502',
    );
  },
  fails: ({ two, servedBy }) => ({ 'EGR-1': servedBy(two) }),
  passes: ['LB-1'],
});
