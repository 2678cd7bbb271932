import { defineFault } from '../fault.js';
import { each } from '../expectations.js';
import { relabelNodes } from '../relabel-nodes.js';

export default defineFault({
  id: 'locality-equal',
  title: 'the nodes of two clusters have the same region and zone',
  finding: {
    id: 'F-LOCALITY-EQUAL',
    words: /calls to helloworld\.own-\S+ from sleep\nexpected: \S+ and no error\ngot: .*, /,
  },
  requires: ['regions >= 2'],
  async break({ one, two }, breakage) {
    await relabelNodes(two, breakage, { region: one.region, zone: one.zone });
  },
  fails: ({ one, two }) => ({ 'LOC-1': each([one.name, two.name], /helloworld\.own-/) }),
  passes: ['LB-1'],
});
