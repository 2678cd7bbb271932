import { defineFault } from '../fault.js';

export default defineFault({
  id: 'port-policy-wrong-port',
  title: "portLevelMtls names the port of the service instead of the container's",
  finding: 'F-PORT-LEVEL-MTLS',
  requires: ['not strict-mtls'],
  manifests: [
    {
      manifest: 'MTLS-4',
      object: 'PeerAuthentication/echo',
      patch: { spec: { portLevelMtls: { 8081: null, 8082: { mode: 'DISABLE' } } } },
    },
  ],
  fails: ({ names }) => ({ 'MTLS-4': names }),
  passes: ['LOC-8'],
});
