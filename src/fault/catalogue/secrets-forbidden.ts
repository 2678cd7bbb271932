import { defineFault } from '../fault.js';
import { rolledOut } from '../breakage.js';
import { istiodClusterRole, istiodName } from '../../topology/istio-names.js';

/** A Role or ClusterRole as far as it matters here. */
interface Role {
  rules: { resources?: string[] }[];
}

export default defineFault({
  id: 'secrets-forbidden',
  title: 'istiod of a primary may not read Secrets: the running one continues, the next does not start',
  finding: 'F-SECRETS-FORBIDDEN',
  requires: ['multi-primary'],
  async break({ two }, breakage) {
    breakage.afterwards(`${two.name}: istiod has not started`, () =>
      rolledOut(two, two.istio.namespace, `deployment/${istiodName(two.istio)}`),
    );
    for (const name of [`clusterrole/${istiodClusterRole(two.istio)}`, `role/${istiodName(two.istio)}`]) {
      await breakage.edit(two, two.istio.namespace, name, (object) => {
        const { rules } = object as unknown as Role;
        return { ...object, rules: rules.filter(({ resources = [] }) => !resources.includes('secrets')) };
      });
    }
  },
  fails: ({ two }) => ({ 'CP-6': [two.name] }),
  passes: ['LB-1'],
});
