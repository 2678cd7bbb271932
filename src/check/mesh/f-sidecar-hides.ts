import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';
import { hostOfService, isFor } from '../hosts-of-mesh.js';

export default defineCheck({
  id: 'F-SIDECAR-HIDES',
  title: 'a Sidecar does not import a service of its own namespace',
  hop: 'route',
  reads: ['configuration', 'services', 'declared'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      const namespaces = [primary.istiod.namespace, ...mesh.namespaces];
      const sidecars = await mesh.unexpected(primary, 'sidecars', namespaces);
      const services = await primary.listIn('services', mesh.namespaces);
      return sidecars.flatMap(({ metadata, spec }) => {
        const hosts = (spec?.egress ?? []).flatMap((one) => one.hosts ?? []);
        if (hosts.length === 0 || Object.keys(spec?.workloadSelector?.labels ?? {}).length > 0) return [];
        const root = metadata.namespace === primary.istiod.namespace;
        const imports = (namespace: string, host: string): boolean =>
          hosts.some((one) => {
            const [from = '', name = ''] = one.split('/');
            // a Sidecar of the root namespace is for workloads of any namespace, and `.` is then their own
            const near =
              from === '*' || from === namespace || (from === '.' && (root || metadata.namespace === namespace));
            return near && isFor(name, host);
          });
        const hidden = services.filter(
          (service) =>
            (root || service.metadata?.namespace === metadata.namespace) &&
            !imports(service.metadata!.namespace!, hostOfService(service)),
        );
        if (hidden.length === 0) return [];
        const names = hidden.map((service) => `${service.metadata!.name}.${service.metadata!.namespace}`);
        return [
          {
            cluster: primary.name,
            object: objectOf('Sidecar', metadata),
            facts: { hosts, hidden: names },
            says: `${titleOf('Sidecar', metadata)} of ${primary.name} does not import ${names.join(', ')}: calls to it leave as unknown traffic`,
            remedy: 'add "./*" to the hosts of its egress',
          },
        ];
      });
    }),
});
