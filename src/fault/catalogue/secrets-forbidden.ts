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
  async break({ two, primaryOf }, breakage) {
    const primary = primaryOf(two);
    const { istio } = primary;
    breakage.afterwards(`${primary.name}: istiod has not started`, () =>
      rolledOut(primary, istio.namespace, `deployment/${istiodName(istio)}`),
    );
    for (const name of [`clusterrole/${istiodClusterRole(istio)}`, `role/${istiodName(istio)}`]) {
      await breakage.edit(primary, istio.namespace, name, (object) => {
        const { rules } = object as unknown as Role;
        return { ...object, rules: rules.filter(({ resources = [] }) => !resources.includes('secrets')) };
      });
    }
  },
  fails: ({ two, primaryOf }) => ({ 'CP-6': [primaryOf(two).name] }),
  passes: ['LB-1'],
});
