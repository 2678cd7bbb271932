import { defineFault } from '../fault.js';

export default defineFault({
  id: 'egress-gateway-bypassed',
  title: 'no rule routes calls through the egress gateway',
  finding: 'F-CONFIGURATION-MISSING',
  manifests: [{ manifest: 'EGR-5', object: 'VirtualService/external', patch: null }],
  fails: ({ names }) => ({ 'EGR-5': names }),
  passes: ['LOC-8'],
});
