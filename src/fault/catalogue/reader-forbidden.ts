import { defineFault } from '../fault.js';
import { untilUnknown } from '../edit-helloworld.js';
import { restart } from '../breakage.js';
import { istiodName } from '../../topology/istio-names.js';

export default defineFault({
  id: 'reader-forbidden',
  title: "the service account for other clusters' istiod has lost its rights",
  finding: 'F-READER-FORBIDDEN',
  requires: ['clusters >= 2'],
  async break({ one, two }, breakage) {
    const istiod = `deployment/${istiodName(one.istio)}`;
    breakage.afterwards(`${one.name}: istiod could not read ${two.name}`, () =>
      restart(one, one.istio.namespace, istiod),
    );
    await breakage.edit(two, 'default', `clusterrole/istio-reader-clusterrole-${two.istio.namespace}`, (role) => ({
      ...role,
      rules: [],
    }));
    // what is watched already goes on; a new istiod has to list
    await restart(one, one.istio.namespace, istiod);
    await untilUnknown(one, two, breakage);
  },
  fails: ({ one, two, servedBy }) => ({
    // istiod can no longer ask a remote for the identity of its proxies: they stay with what they were told before
    'LB-1': servedBy(one).filter((name) => name !== two.name),
    'CP-1': [one.name, ...(two.role === 'remote' ? [two.name] : [])],
  }),
  passes: ['LOC-8'],
});
