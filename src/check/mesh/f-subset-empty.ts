import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';
import { destinationsOf, fullHost, hostOfService } from '../hosts-of-mesh.js';
import { isAlive, labelsText, selects } from '../object-kinds.js';

export default defineCheck({
  id: 'F-SUBSET-EMPTY',
  title: 'a subset in use has no pod in any cluster',
  hop: 'cluster',
  reads: ['configuration', 'services', 'pods', 'declared'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      const [rules, wanted] = await Promise.all([
        mesh.unexpected(primary, 'destinationrules'),
        destinationsOf(mesh, primary),
      ]);
      const all = await Promise.all(
        mesh.clusters.map(async (cluster) => ({
          services: await cluster.listIn('services', mesh.workloadNamespaces),
          pods: (await cluster.listIn('pods', mesh.workloadNamespaces)).filter(isAlive),
        })),
      );
      return rules.flatMap(({ metadata, spec }) => {
        const host = fullHost(spec?.host ?? '', metadata.namespace);
        // pods of every cluster count
        const pods = all.flatMap((one) => {
          const service = one.services.find((each) => hostOfService(each) === host);
          return one.pods.filter(
            (pod) =>
              service?.metadata?.namespace === pod.metadata?.namespace &&
              selects(service?.spec?.selector, pod.metadata?.labels),
          );
        });
        if (pods.length === 0) return [];
        return (spec?.subsets ?? [])
          .filter(({ name }) => wanted.some((one) => one.host === host && one.subset === name))
          .filter(({ labels }) => !pods.some((pod) => selects(labels, pod.metadata?.labels)))
          .map(({ name, labels }) => ({
            cluster: primary.name,
            object: objectOf('DestinationRule', metadata),
            facts: { subset: name ?? '', labels: labels ?? {} },
            says: `subset ${name} of ${titleOf('DestinationRule', metadata)} in ${primary.name} selects ${labelsText(labels)}, which match no pod of ${host} in any cluster`,
            remedy: `correct its labels: kubectl -n ${metadata.namespace} get pods --show-labels`,
          }));
      });
    }),
});
