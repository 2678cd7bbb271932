import { among } from '../check.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-PROXY-TRUSTS-OLD-ROOT',
  title: 'a proxy does not trust the root certificate of its own cluster',
  hop: 'mtls',
  reads: ['certificates', 'proxies'],
  needs: ['F-ISTIOD-DOWN', 'F-ISTIOD-NOT-READY', 'F-NOT-INJECTED', 'F-REVISION-GONE', 'F-NO-PODS'],
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const client = mesh.clientIn(cluster);
      if (!client) return [];
      const name = client.workload.split('/').pop()!;
      const [{ published }, { roots, identity }] = await Promise.all([
        cluster.authority(),
        cluster.certificateOf(client.namespace, client.workload),
      ]);
      const current = published.map(({ fingerprint }) => fingerprint);
      if (current.length === 0 || roots.some((root) => current.includes(root))) return [];
      return [
        {
          cluster: cluster.name,
          object: `${mesh.planned ? 'deployment' : 'pod'}/${client.namespace}/${name}`,
          facts: { identity, trusts: roots, current },
          says: `the proxy of ${client.namespace}/${name} in ${cluster.name} trusts only the previous root certificate`,
          remedy: `restart the workload: kubectl -n ${client.namespace} rollout restart deployment`,
        },
      ];
    }),
});
