import { defineFault } from '../fault.js';
import { relabelNodes } from '../relabel-nodes.js';

export default defineFault({
  id: 'locality-equal',
  title: 'the nodes of two clusters have the same region and zone',
  finding: 'F-LOCALITY-DIFFERS',
  requires: ['regions >= 2'],
  async break({ one, two }, breakage) {
    await relabelNodes(two, breakage, { region: one.region, zone: one.zone });
  },
  fails: ({ one, two }) => ({ 'LOC-1': [one.name, two.name] }),
  passes: ['LB-1'],
});
