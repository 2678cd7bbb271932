import type { V1Pod } from '@kubernetes/client-node';
import type { Connected } from '../../probe/tcp-connection.js';
import type { ClusterView } from '../cluster-view.js';
import { isAlive, isReady } from '../object-kinds.js';
import type { Pick } from './balancing.js';
import type { NetworkGateway } from './gateways-of-mesh.js';
import { podText, stepsOf, type PathScene } from './path-scene.js';
import type { Step } from './path-types.js';

/** What an endpoint is. */
export type Place =
  { is: 'gateway'; gateway: NetworkGateway } | { is: 'pod'; cluster: ClusterView; pod: V1Pod } | { is: 'unknown' };

/** What is at an address: the gateway of a network, or a pod of the service's namespace in one of the clusters. */
export async function placeOf(
  { mesh, called, home }: PathScene,
  gateways: readonly NetworkGateway[],
  pick: Pick,
): Promise<Place> {
  const gateway = gateways.find(({ addresses }) => addresses.includes(`${pick.address}:${pick.port}`));
  if (gateway) return { is: 'gateway', gateway };
  // the clusters of two networks may have the same addresses
  const order = [...mesh.clusters].sort((a, b) => rank(a) - rank(b));
  function rank(cluster: ClusterView): number {
    return cluster.name === pick.cluster ? 0 : cluster.network === home.network ? 1 : 2;
  }
  for (const cluster of order) {
    const pods = await cluster.list('pods', called.namespace);
    const pod = pods.find(
      (one) => isAlive(one) && one.status?.podIPs?.some(({ ip }) => ip === pick.address) && !one.spec?.hostNetwork,
    );
    if (pod) return { is: 'pod', cluster, pod };
  }
  return { is: 'unknown' };
}

/** Whether an endpoint is one that the caller may use. */
export function endpointStep({ home, services, called }: PathScene, pick: Pick, place: Place): Step {
  const address = `${pick.address}:${pick.port}`;
  const { ok, broken, unknown } = stepsOf('endpoint', home.name, address);
  if (place.is === 'gateway') {
    const { cluster, network, service } = place.gateway;
    if (network === home.network && cluster.network !== home.network)
      return broken(
        `it is the gateway of ${cluster.name}, whose Service has the label of network ${network}`,
        `kubectl -n ${service.metadata?.namespace} label service ${service.metadata?.name} --overwrite topology.istio.io/network=${cluster.network}`,
        { network, cluster: cluster.name },
        cluster.name,
      );
    return ok(`the gateway of ${network || 'an unnamed network'} in ${cluster.name}`, {
      network,
      cluster: cluster.name,
    });
  }
  if (place.is === 'unknown') {
    const selects = Object.keys([...services.values()][0]?.spec?.selector ?? {}).length > 0;
    return selects
      ? broken(
          `it is neither a pod of ${called.namespace} nor a gateway of this mesh`,
          `its pod may be gone, a WorkloadEntry may name it, or its network may have no gateway; see istiod of ${home.istiod.cluster}: istioctl proxy-config endpoints`,
        )
      : unknown('it is outside the examined clusters');
  }
  const { cluster, pod } = place;
  if (cluster.network !== home.network)
    return broken(
      `it is ${podText(pod)} of ${cluster.name}, in network ${cluster.network}, which ${home.network} cannot reach directly`,
      `check that the namespace of istiod in ${cluster.name} has the label topology.istio.io/network=${cluster.network}, and that its gateway has an address`,
      { network: cluster.network, of: cluster.name },
    );
  return ok(`${podText(pod)} of ${cluster.name}`);
}

/** What became of a connection of the caller's to an endpoint. `listens` is false where the gateway's own configuration says that it does not. */
export function wayStep(
  { home, caller }: PathScene,
  address: string,
  place: Place,
  connected: Connected,
  listens: boolean | undefined,
): Step {
  const { ok, broken } = stepsOf('way', home.name, address);
  if (connected === 'connects') return ok('a connection from the caller succeeds');
  const whose =
    place.is === 'gateway'
      ? `the gateway of ${place.gateway.cluster.name}`
      : place.is === 'pod'
        ? podText(place.pod)
        : 'it';
  if (connected === 'refused' && listens === false) return ok('a connection arrives, but nothing listens');
  const notReady = place.is === 'pod' && !isReady(place.pod);
  if (notReady)
    return ok(`the pod is not ready: a connection ${connected === 'refused' ? 'is refused' : 'gets no answer'}`);
  const says =
    connected === 'refused'
      ? `connections to ${whose} are refused on the path`
      : `packets to ${whose} are dropped: no answer within 2 s`;
  return broken(
    `${says}, tested from ${caller.namespace}/${caller.pod}`,
    connected === 'refused'
      ? 'open the port in firewalls, security groups and NetworkPolicies between the two'
      : 'look for a firewall that drops packets, a missing route, a wrong MTU or a NetworkPolicy between the two',
  );
}

/** Whether the pod that is called is there and its application takes connections. */
export function applicationStep(cluster: string, pod: V1Pod, port: number, connected: Connected | undefined): Step {
  const { ok, broken, unknown } = stepsOf('application', cluster, podText(pod));
  const { namespace, name } = pod.metadata ?? {};
  if (connected === 'refused')
    return broken(
      `nothing listens on port ${port} of the pod's address`,
      `make the application listen on 0.0.0.0:${port}, not on localhost, or correct targetPort: kubectl -n ${namespace} logs ${name}`,
    );
  if (connected === 'no answer')
    return broken(`port ${port} of the pod gives no answer`, `kubectl -n ${namespace} describe pod ${name}`);
  if (!isReady(pod)) return broken('the pod is not ready', `kubectl -n ${namespace} describe pod ${name}`);
  return connected === undefined ? unknown('not tested whether it listens') : ok(`it listens on port ${port}`);
}
