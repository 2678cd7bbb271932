import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { restart } from '../breakage.js';
import { injectorName, istiodName } from '../../topology/istio-names.js';

export default defineFault({
  id: 'proxy-network-different',
  title: 'the proxies of a cluster are told another network',
  finding: 'F-PROXY-NETWORK-DIFFERENT',
  requires: ['multi-primary', 'multi-network'],
  async break({ two }, breakage) {
    const restarted = async (): Promise<void> => {
      // what it injects it reads when it starts
      await restart(two, two.istio.namespace, `deployment/${istiodName(two.istio)}`);
      await restart(two, sampleNamespace, 'deployment/sleep');
    };
    breakage.afterwards(`${two.name}: a pod that was told something else`, restarted);
    await breakage.edit(two, two.istio.namespace, `configmap/${injectorName(two.istio)}`, (object) => {
      const { data } = object as { data: { values: string } };
      const values = data.values.replace(/"network":\s*"[^"]*"/g, '"network": "elsewhere"');
      return { ...object, data: { ...data, values } };
    });
    await restarted();
  },
  fails: ({ two }) => ({ 'CP-1': [two.name] }),
  passes: ['LOC-8'],
});
