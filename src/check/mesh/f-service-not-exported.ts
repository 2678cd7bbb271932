import { listedIn } from '../annotations.js';
import { among } from '../check.js';
import { defineCheck } from '../define-check.js';

const annotation = 'networking.istio.io/exportTo';

export default defineCheck({
  id: 'F-SERVICE-NOT-EXPORTED',
  title: "a service is not exported to the gateway's or the callers' namespace",
  hop: 'gateway',
  reads: ['services', 'mesh config', 'declared'],
  look: (mesh) =>
    // in the cluster of a remote neither the Service nor the mesh config counts
    among(mesh.primaries, async (primary) => {
      const config = await primary.meshConfig();
      const usual = config?.['defaultServiceExportTo'] as string[] | undefined;
      const needed = mesh.features['multi-network'] ? [primary.gateway.namespace] : [];
      const services = await mesh.unexpected(primary, 'services', mesh.namespaces);
      return services.flatMap(({ metadata, spec }) => {
        const own = listedIn(metadata, annotation);
        const to = own ?? usual ?? ['*'];
        const { namespace = '', name = '' } = metadata ?? {};
        const open = (where: string): boolean =>
          to.includes('*') || to.includes(where) || (to.includes('.') && where === namespace);
        const closed = [namespace, ...needed].filter((where) => !open(where));
        if (closed.length === 0 || Object.keys(spec?.selector ?? {}).length === 0) return [];
        const from = own ? `its annotation ${annotation}` : `defaultServiceExportTo of ${primary.name}`;
        return [
          {
            cluster: primary.name,
            object: own
              ? `service/${namespace}/${name}`
              : `configmap/${primary.istiod.namespace}/${primary.istiod.meshConfig}`,
            facts: { exportTo: to, closed },
            says: `${primary.name} does not export ${name}.${namespace} to ${closed.join(', ')}: ${from} says ${to.join(', ')}`,
            remedy: `export it to its callers and to the gateway's namespace: ${annotation}: ".,${primary.gateway.namespace}"`,
          },
        ];
      });
    }),
});
