import { among } from '../check.js';
import { readyEndpoints } from '../gateway-facts.js';
import { injectorsOf } from '../injectors.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-WEBHOOK-UNREACHABLE',
  title: 'the injection webhook of a cluster points to a Service that does not answer',
  hop: 'injection',
  reads: ['webhooks', 'services', 'endpointslices'],
  needs: ['F-ISTIOD-DOWN', 'F-ISTIOD-NOT-READY', 'F-ISTIOD-UNREACHABLE'],
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const broken = await Promise.all(
        (await injectorsOf(cluster)).map(async ({ configuration, webhook }) => {
          const { service } = webhook.clientConfig;
          if (!service) return undefined;
          const { namespace, name } = service;
          const there = (await cluster.list('services', namespace)).find(({ metadata }) => metadata?.name === name);
          if (there && (there.spec?.externalName || (await readyEndpoints(cluster, namespace, name)) > 0))
            return undefined;
          return { configuration, service: `${namespace}/${name}`, why: there ? 'has no endpoint' : 'does not exist' };
        }),
      );
      const seen = broken.filter((one) => one !== undefined);
      return [...new Map(seen.map((one) => [one.configuration, one])).values()].map(
        ({ configuration, service, why }) => ({
          cluster: cluster.name,
          object: `mutatingwebhookconfiguration//${configuration}`,
          facts: { configuration, service, why },
          says: `the injection webhook ${configuration} of ${cluster.name} points to Service ${service}, which ${why}`,
          remedy: 'point the webhook to the Service of istiod, or remove the webhook of a removed revision',
        }),
      );
    }),
});
