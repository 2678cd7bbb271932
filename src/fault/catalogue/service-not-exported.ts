import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { untilApart } from '../edit-helloworld.js';

export default defineFault({
  id: 'service-not-exported',
  title: 'a service is exported only to its own namespace, which has no gateway',
  finding: 'F-SERVICE-NOT-EXPORTED',
  requires: ['multi-network'],
  async break(mesh, breakage) {
    // the Service that counts is the one in the cluster of the gateway's istiod
    await breakage.edit(mesh.primaryOf(mesh.two), sampleNamespace, 'service/helloworld', {
      metadata: { annotations: { 'networking.istio.io/exportTo': '.' } },
    });
    await untilApart(mesh, breakage);
  },
  fails: ({ two, callersInto }) => ({ 'LB-1': callersInto(two) }),
  passes: ['LOC-8'],
});
