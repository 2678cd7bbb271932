import { defineFault } from '../fault.js';
import { createIntermediate, createRoot } from '../../mesh/certificates.js';
import { stopByAuthority } from '../change-trust.js';

export default defineFault({
  id: 'root-expired',
  title: 'the root certificate of an istiod has expired',
  finding: 'F-ROOT-EXPIRED',
  async break({ two, primaryOf }, breakage) {
    const primary = primaryOf(two);
    const twelveHoursAgo = -0.5;
    const files = await createIntermediate(await createRoot('Root CA', twelveHoursAgo), primary.name);
    await stopByAuthority(primary, breakage, { ...files });
  },
  fails: ({ two, primaryOf }) => ({ 'CP-1': [primaryOf(two).name] }),
  // certificates that were issued before are good for a day
  passes: ['LB-1'],
});
