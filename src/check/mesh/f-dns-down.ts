import { among } from '../check.js';
import { readyEndpoints } from '../gateway-facts.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-DNS-DOWN',
  title: 'a cluster has no DNS',
  hop: 'dns',
  reads: ['services', 'endpointslices'],
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const services = await cluster.list('services', 'kube-system');
      const dns = services.find(({ metadata }) => metadata?.labels?.['k8s-app'] === 'kube-dns');
      // a cluster may have its DNS elsewhere
      if (!dns || (await readyEndpoints(cluster, 'kube-system', dns.metadata!.name!)) > 0) return [];
      const { name } = dns.metadata!;
      return [
        {
          cluster: cluster.name,
          object: `service/kube-system/${name}`,
          facts: { service: `kube-system/${name}`, endpoints: 0 },
          says: `${cluster.name} has no DNS: Service kube-system/${name} has no endpoint`,
          remedy: 'check its pods: kubectl -n kube-system get deployments,pods -l k8s-app=kube-dns',
        },
      ];
    }),
});
