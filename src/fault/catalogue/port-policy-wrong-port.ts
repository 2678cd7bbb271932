import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'port-policy-wrong-port',
  title: "portLevelMtls names the port of the service instead of the container's",
  finding: { id: 'F-PORT-LEVEL-MTLS', words: /the control: curl 56/ },
  requires: ['not strict-mtls'],
  manifests: [
    {
      manifest: 'MTLS-4',
      object: 'PeerAuthentication/echo',
      patch: { spec: { portLevelMtls: { 8081: null, 8082: { mode: 'DISABLE' } } } },
    },
  ],
  fails: ({ names }) => ({ 'MTLS-4': each(names, /the control: curl 56/) }),
  passes: ['LOC-8'],
});
