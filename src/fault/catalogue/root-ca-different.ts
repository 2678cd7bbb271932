import { defineFault } from '../fault.js';
import { createIntermediate, createRoot } from '../../mesh/certificates.js';
import { onlyVersionOf } from '../expectations.js';
import { replaceAuthority } from '../change-trust.js';

export default defineFault({
  id: 'root-ca-different',
  title: 'the certificates of a cluster come from another root',
  finding: { id: 'F-NO-COMMON-ROOT', words: /CERTIFICATE_VERIFY_FAILED|trusts / },
  requires: ['multi-primary'],
  async break({ two }, breakage) {
    const files = await createIntermediate(await createRoot(), two.name);
    await replaceAuthority(two, breakage, { ...files });
  },
  fails: ({ one, two }) => ({
    'LB-1': { [one.name]: onlyVersionOf(one), [two.name]: onlyVersionOf(two) },
    // a call that was refused at the gateway is sent again, to the endpoint next door, or is answered with the cause
    'LB-3': {
      [one.name]: /upstream_host|CERTIFICATE_VERIFY_FAILED/,
      [two.name]: /upstream_host|CERTIFICATE_VERIFY_FAILED/,
    },
    'MTLS-7': { [two.name]: /certificate of sleep\nexpected: .*trusts (\S+).*\ngot: (?!.*\1)/ },
  }),
  passes: ['LOC-8'],
  evidence: () => [{ file: 'roots.txt', word: /different roots/ }],
});
