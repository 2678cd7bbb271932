import type { V1Service } from '@kubernetes/client-node';
import type { ClusterView } from './cluster-view.js';
import type { MeshView } from './mesh-view.js';
import { isAlive, selects, type GatewayServer, type Objects } from './object-kinds.js';

export const networkLabel = 'topology.istio.io/network';

/** The port for calls from other networks. */
export const crossNetworkPort = 15443;

/** The label of a gateway's Service that names another port. */
const gatewayPortLabel = 'networking.istio.io/gatewayPort';

/** The port for calls from other networks by the labels of a gateway's Service. */
export function gatewayPort(labels: Readonly<Record<string, string>> = {}): number {
  return Number(labels[gatewayPortLabel] ?? crossNetworkPort);
}

/** The Service of a cluster's east-west gateway. */
export async function gatewayService(cluster: ClusterView): Promise<V1Service | undefined> {
  const { namespace, name } = cluster.gateway;
  return (await cluster.list('services', namespace)).find(({ metadata }) => metadata?.name === name);
}

/** The address that a load balancer has given to the gateway. */
export function addressOf(service: V1Service | undefined): string | undefined {
  const [ingress] = service?.status?.loadBalancer?.ingress ?? [];
  return ingress?.ip ?? ingress?.hostname;
}

/** How many pods of the gateway are ready, by its endpoints. */
export async function readyEndpoints(cluster: ClusterView, namespace: string, service: string): Promise<number> {
  const slices = await cluster.list('endpointslices', namespace);
  return slices
    .filter(({ metadata }) => metadata?.labels?.['kubernetes.io/service-name'] === service)
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false).length;
}

/** The Gateways that have a server for calls from other networks: they are where the istiod of the cluster takes its configuration from. */
export async function crossNetworkGateways(mesh: MeshView, cluster: ClusterView): Promise<Objects['gateways'][]> {
  const found = await mesh.primaryOf(cluster).list('gateways', cluster.gateway.namespace);
  return found.filter(({ spec }) => serverOf(spec?.servers) !== undefined);
}

/** The server for calls from other networks. */
export function serverOf(servers: readonly GatewayServer[] = []): GatewayServer | undefined {
  return servers.find(({ port }) => port?.number === crossNetworkPort);
}

/** Whether a Gateway is for the pods of a cluster's east-west gateway. */
export async function selectsGateway(cluster: ClusterView, { spec }: Objects['gateways']): Promise<boolean> {
  const pods = await cluster.list('pods', cluster.gateway.namespace);
  const own = pods.filter((pod) => isAlive(pod) && selects(cluster.gateway.labels, pod.metadata?.labels));
  return own.length === 0 || own.some(({ metadata }) => selects(spec?.selector, metadata?.labels));
}
