import type { V1Pod, V1Service } from '@kubernetes/client-node';
import type { ClusterView } from '../cluster-view.js';
import { gatewayPort, networkLabel } from '../gateway-facts.js';
import type { MeshView } from '../mesh-view.js';
import { isReady, selects } from '../object-kinds.js';

/** A Service by which calls come into a network. */
export interface NetworkGateway {
  cluster: ClusterView;
  service: V1Service;
  network: string;
  /** `172.18.255.1:15443`, by a load balancer or by nodes. */
  addresses: string[];
}

/** Every gateway into a network that the mesh has, by the label on its Service. */
export async function gatewaysOf(mesh: MeshView): Promise<NetworkGateway[]> {
  const found = await Promise.all(
    mesh.clusters.map(async (cluster) => {
      const namespaces = [...new Set([cluster.istiod.namespace, cluster.gateway.namespace])];
      const services = await cluster.listIn('services', namespaces);
      return services
        .filter(
          ({ metadata }) => metadata?.labels?.[networkLabel] !== undefined || metadata?.name === cluster.gateway.name,
        )
        .map((service): NetworkGateway => {
          const labels = service.metadata?.labels ?? {};
          const port = gatewayPort(labels);
          const own = service.spec?.ports?.find((one) => one.port === port);
          const given = (service.status?.loadBalancer?.ingress ?? []).flatMap(
            ({ ip, hostname }) => ip ?? hostname ?? [],
          );
          const outside = [...given, ...(service.spec?.externalIPs ?? [])].map((address) => `${address}:${port}`);
          const nodes = own?.nodePort ? cluster.handle.nodes.map(({ address }) => `${address}:${own.nodePort}`) : [];
          return { cluster, service, network: labels[networkLabel] ?? '', addresses: [...outside, ...nodes] };
        });
    }),
  );
  return found.flat();
}

/** The pods of a gateway that are ready. */
export async function podsOfGateway({ cluster, service }: NetworkGateway): Promise<V1Pod[]> {
  const pods = await cluster.list('pods', service.metadata!.namespace!);
  return pods.filter((pod) => isReady(pod) && selects(service.spec?.selector, pod.metadata?.labels));
}
