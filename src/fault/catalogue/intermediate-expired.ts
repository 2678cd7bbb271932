import { defineFault } from '../fault.js';
import { createIntermediate, createRoot } from '../../mesh/certificates.js';
import { stopByAuthority } from '../change-trust.js';

export default defineFault({
  id: 'intermediate-expired',
  title: 'the intermediate certificate of an istiod has expired',
  finding: 'F-INTERMEDIATE-EXPIRED',
  async break({ two, primaryOf }, breakage) {
    const primary = primaryOf(two);
    const aMonthAgo = new Date(Date.now() - 30 * 24 * 60 * 60 * 1000);
    const expired = await createIntermediate(await createRoot(), primary.name, { from: aMonthAgo, days: 10 });
    await stopByAuthority(primary, breakage, { ...expired });
  },
  fails: ({ two, primaryOf }) => ({ 'CP-1': [primaryOf(two).name] }),
  // certificates that were issued before are good for a day
  passes: ['LB-1'],
});
