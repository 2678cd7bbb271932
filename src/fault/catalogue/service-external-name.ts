import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { untilCutOff } from '../edit-helloworld.js';

export default defineFault({
  id: 'service-external-name',
  title: 'the Service of one cluster is an alias of an external host',
  finding: 'F-SERVICE-TYPE',
  requires: ['clusters >= 2'],
  async break({ one, two }, breakage) {
    await breakage.edit(two, sampleNamespace, 'service/helloworld', (service) => {
      const { spec } = service as { spec: { ports: object[] } };
      return { ...service, spec: { type: 'ExternalName', externalName: 'elsewhere.test', ports: spec.ports } };
    });
    await untilCutOff(one, two, breakage);
  },
  // its own callers are told of the alias, or know no pods there
  fails: ({ names }) => ({ 'LB-1': names }),
  passes: ['LOC-8'],
});
