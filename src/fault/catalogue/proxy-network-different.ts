import { defineFault } from '../fault.js';
import { tellProxies } from '../edit-injection.js';

export default defineFault({
  id: 'proxy-network-different',
  title: 'the proxies of a cluster have a different network',
  finding: 'F-PROXY-NETWORK-DIFFERENT',
  requires: ['multi-primary', 'multi-network'],
  break: ({ two }, breakage) => tellProxies(two, breakage, 'network', 'elsewhere'),
  fails: ({ two }) => ({ 'CP-1': [two.name] }),
  passes: ['LOC-8'],
});
