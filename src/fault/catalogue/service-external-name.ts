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
    await untilCutOff(two, one, breakage);
  },
  // its own callers are told of the alias; others may go on, as its EndpointSlices stay
  fails: ({ two }) => ({ 'LB-1': [two.name] }),
  passes: ['LOC-8'],
});
