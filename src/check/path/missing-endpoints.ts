import type { ClusterView } from '../cluster-view.js';
import { proxyOf } from '../object-kinds.js';
import { podsOfService, stepsOf, type PathScene } from './path-scene.js';
import type { Step } from './path-types.js';

/**
 * Why no endpoint of the caller's proxy leads into a cluster that has ready pods of the service: what the istiod of the caller
 * knows of that cluster is held against it.
 */
export async function whyMissing(scene: PathScene, cluster: ClusterView): Promise<Step> {
  const { mesh, home, called, host, services, caller } = scene;
  const primary = mesh.primaryOf(home);
  const { ok, broken } = stepsOf('endpoint', home.name, `istiod of ${primary.name}`);
  const pods = await podsOfService(cluster, services.get(cluster.name));
  if (!pods.some(proxyOf) && cluster.network !== home.network)
    return broken(
      `the pods of ${called.name} in ${cluster.name} have no sidecar, which calls across networks need`,
      `kubectl label namespace ${called.namespace} istio-injection=enabled --overwrite, then restart its workloads`,
      { of: cluster.name },
      cluster.name,
    );
  if (cluster.name !== primary.name) {
    const watched = (await primary.watched()).find(({ id }) => id === cluster.name);
    if (watched?.status !== 'synced')
      return broken(
        `it does not read ${cluster.name}: ${watched ? `its state is ${watched.status}` : 'it does not know this cluster'}`,
        `check the remote secret of ${cluster.name} in ${primary.name}: kubectl -n ${primary.istiod.namespace} get secrets -l istio/multiCluster=true`,
        { of: cluster.name, status: watched?.status ?? null },
        primary.name,
      );
  }
  const known = await primary.known();
  const own = (known.endpoints.get(host) ?? []).filter((one) => one.cluster === cluster.name);
  const facts = { of: cluster.name, known: own.length };
  const names = (name: string) => services.get(name)?.spec?.ports?.find(({ port }) => port === called.port)?.name ?? '';
  if (own.length === 0)
    return broken(
      `it reads ${cluster.name}, but knows no endpoint of ${host} there`,
      `compare the Service of ${cluster.name} (namespace, ports, selector), and check discoverySelectors of the mesh config`,
      facts,
    );
  const wanted = names(home.name) || names(primary.name);
  if (!own.some(({ portName }) => portName === wanted))
    return broken(
      `it knows the endpoints of ${cluster.name} under port name ${own[0]!.portName || '(none)'}, and port ${called.port} is named ${wanted || '(nothing)'} in ${home.name}`,
      'give the port the same name in all clusters',
      facts,
    );
  const far = own.filter(({ network }) => network !== home.network);
  if (far.length > 0 && far.every(({ tlsMode }) => tlsMode !== 'istio'))
    return broken(
      `the endpoints of ${cluster.name} do not accept mutual TLS, which calls across networks need`,
      'give its pods sidecars, without a PeerAuthentication with mode DISABLE',
      facts,
    );
  const networks = [...new Set(far.map(({ network }) => network))];
  const closed = networks.filter((network) => !known.gateways.some((one) => one.network === network));
  if (closed.length > 0)
    return broken(
      `it knows no gateway of ${closed.join(', ') || 'the network'}, the network of ${cluster.name}'s pods`,
      `give the east-west gateway there an address and the label topology.istio.io/network=${closed[0]}`,
      facts,
    );
  const local = await mesh.primaryOf(home).meshConfig();
  if (keepsLocal(local, host)) return ok(`the mesh config keeps ${host} inside each cluster (clusterLocal)`, facts);
  return broken(
    `it knows ${own.length} endpoints in ${cluster.name}, but the proxy of ${caller.namespace}/${caller.pod} has none`,
    `check whether the proxy is in sync: istioctl proxy-status ${caller.pod}.${caller.namespace}`,
    facts,
    primary.name,
  );
}

/** Whether a mesh config keeps a host inside of each cluster. */
export function keepsLocal(config: Record<string, unknown> | undefined, host: string): boolean {
  const all = (config?.['serviceSettings'] ?? []) as { settings?: { clusterLocal?: boolean }; hosts?: string[] }[];
  return all.some(
    ({ settings, hosts = [] }) =>
      settings?.clusterLocal &&
      hosts.some((one) => one === host || one === '*' || (one.startsWith('*.') && host.endsWith(one.slice(1)))),
  );
}
