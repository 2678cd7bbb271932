import { defineFault } from '../fault.js';
import { editMeshConfig } from '../edit-mesh-config.js';

export default defineFault({
  id: 'trust-domain-wrong',
  title: 'a control plane gives its workloads identities of another trust domain',
  finding: {
    id: 'F-TRUST-DOMAIN-DIFFERENT',
    words: /identity of sleep\nexpected: spiffe:\/\/(\S+?)\/.*\ngot: spiffe:\/\/(?!\1\/)/,
  },
  requires: ['multi-primary'],
  async break({ two }, breakage) {
    await editMeshConfig(two, breakage, { trustDomain: 'elsewhere.test' });
  },
  fails: ({ one, two }) => ({
    'MTLS-6': {
      // what it calls in the other cluster has not the identity that istiod says it has, and is not spoken to
      [one.name]: new RegExp(`calls to echo.*\nexpected: .*\ngot: (?!.*${two.name} )`),
      [two.name]: /got: spiffe:\/\/elsewhere\.test\//,
    },
  }),
  passes: ['LOC-8'],
});
