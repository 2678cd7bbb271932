import { defineFault } from '../fault.js';

export default defineFault({
  id: 'network-label-missing',
  title: 'istio-system of a cluster has no network label, so pods without a sidecar count as local',
  finding: 'F-NETWORK-LABEL-MISSING',
  requires: ['multi-network'],
  async break({ two }, breakage) {
    const labels = { 'topology.istio.io/network': null };
    await breakage.edit(two, 'default', `namespace/${two.istio.namespace}`, { metadata: { labels } });
  },
  fails: ({ one }) => ({ 'LB-7': [one.name] }),
  passes: ['LOC-8', 'LB-1'],
});
