import { defineFault } from '../fault.js';
import { tellProxies } from '../edit-injection.js';

export default defineFault({
  id: 'proxy-cluster-different',
  title: 'the proxies of a cluster have the cluster name Kubernetes',
  finding: 'F-PROXY-CLUSTER-DIFFERENT',
  requires: ['multi-primary', 'multi-network'],
  break: ({ two }, breakage) => tellProxies(two, breakage, 'clusterName', 'Kubernetes'),
  fails: ({ two }) => ({ 'CP-1': [two.name] }),
  passes: ['LOC-8'],
});
