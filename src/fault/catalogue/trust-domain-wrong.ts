import { defineFault } from '../fault.js';
import { editMeshConfig } from '../edit-mesh-config.js';

export default defineFault({
  id: 'trust-domain-wrong',
  title: 'a control plane issues identities of a different trust domain',
  finding: 'F-TRUST-DOMAIN-DIFFERENT',
  async break({ two, primaryOf }, breakage) {
    await editMeshConfig(primaryOf(two), breakage, { trustDomain: 'elsewhere.test' });
  },
  fails: ({ names }) => ({ 'MTLS-6': names }),
  passes: ['LOC-8'],
});
