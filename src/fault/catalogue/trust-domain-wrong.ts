import { defineFault } from '../fault.js';
import { editMeshConfig } from '../edit-mesh-config.js';

export default defineFault({
  id: 'trust-domain-wrong',
  title: 'a control plane issues identities of a different trust domain',
  finding: 'F-TRUST-DOMAIN-DIFFERENT',
  requires: ['multi-primary'],
  async break({ two }, breakage) {
    await editMeshConfig(two, breakage, { trustDomain: 'elsewhere.test' });
  },
  fails: ({ one, two }) => ({
    'MTLS-6': [one.name, two.name],
  }),
  passes: ['LOC-8'],
});
