import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'egress-gateway-bypassed',
  title: 'no rule leads calls to the egress gateway, and they go past it',
  finding: { id: 'F-EGRESS-BYPASSED', words: /upstream_host [^]*expected: \S+:8443\ngot: \S+:5000$/m },
  manifests: [{ manifest: 'EGR-5', object: 'VirtualService/external', patch: null }],
  fails: ({ names }) => ({ 'EGR-5': each(names, /expected: \S+:8443/) }),
  passes: ['LOC-8'],
});
