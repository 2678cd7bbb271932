import { among } from '../check.js';
import { injectorsOf } from '../injectors.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-WEBHOOK-FAILS-OPEN',
  title: 'the injection webhook of a cluster fails open when istiod is down',
  hop: 'injection',
  reads: ['webhooks'],
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const open = (await injectorsOf(cluster)).filter(({ webhook }) => webhook.failurePolicy === 'Ignore');
      return [...new Set(open.map(({ configuration }) => configuration))].map((name) => ({
        cluster: cluster.name,
        object: `mutatingwebhookconfiguration//${name}`,
        facts: { configuration: name, failurePolicy: 'Ignore' },
        says: `the injection webhook ${name} of ${cluster.name} has failurePolicy Ignore: without istiod, pods start without a sidecar`,
        remedy: 'set failurePolicy to Fail',
      }));
    }),
});
