import { defineFault } from '../fault.js';
import { createIntermediate, createRoot } from '../../mesh/certificates.js';
import { replaceAuthority } from '../change-trust.js';

export default defineFault({
  id: 'root-ca-different',
  title: 'the certificates of a cluster come from another root',
  finding: 'F-NO-COMMON-ROOT',
  // one istiod signs for all of its clusters: a remote has no root of its own
  requires: ['multi-primary'],
  async break({ two }, breakage) {
    const files = await createIntermediate(await createRoot(), two.name);
    await replaceAuthority(two, breakage, { ...files });
  },
  fails: ({ one, two }) => ({
    'LB-1': [one.name, two.name],
    // a call that was refused at the gateway is sent again, to the endpoint next door, or is answered with the cause
    'LB-3': [one.name, two.name],
    'MTLS-7': [two.name],
  }),
  passes: ['LOC-8'],
  evidence: () => [{ file: 'roots.txt', has: 'different roots' }],
});
