import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';
import { destinationsOf, isFor, knownHosts } from '../hosts-of-mesh.js';

export default defineCheck({
  id: 'F-ROUTE-NOWHERE',
  title: 'a VirtualService routes to a host that does not exist in the mesh',
  hop: 'route',
  reads: ['configuration', 'services', 'declared'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      const [known, entries, wanted] = await Promise.all([
        knownHosts(mesh),
        primary.listIn('serviceentries', mesh.configured(primary)),
        destinationsOf(mesh, primary),
      ]);
      const registered = entries.flatMap(({ spec }) => spec?.hosts ?? []);
      const looked = mesh.workloadNamespaces.map((namespace) => `.${namespace}.svc.cluster.local`);
      return wanted
        .filter(({ host }) => looked.some((end) => host.endsWith(end)))
        .filter(({ host }) => !known.has(host) && !registered.some((one) => isFor(one, host)))
        .map(({ rule: { metadata }, host }) => ({
          cluster: primary.name,
          object: objectOf('VirtualService', metadata),
          facts: { host },
          says: `${titleOf('VirtualService', metadata)} of ${primary.name} routes to ${host}, which no cluster has: calls end with 503`,
          remedy: 'correct the host of its destination, or apply the Service',
        }));
    }),
});
