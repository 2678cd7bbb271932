import { settleAll } from '../kernel/cancellation.js';
import { Refused, selecting } from '../kube/api.js';
import { selectorText } from '../kube/pods.js';
import { followList, type Change, type Watched } from '../kube/follow-list.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import { sampleNamespace } from '../topology/mesh-names.js';
import { ingressLabel, ingressName } from './ingress/ingress-objects.js';
import type { Callee } from './own-calls.js';
import type { PlacedEvent, Place } from './placed-event.js';
import { endpointEvents, nodeEvents, objectEvents, podEvents, type Told } from './pod-events.js';

/** Where on a path an object matters. */
type Placed = Pick<PlacedEvent, 'place' | 'client' | 'service'>;

/** What is watched: a list, and what its changes say. */
interface Following {
  path: string;
  metadataOnly?: boolean;
  told(change: Change<never>): Told[];
  /** Of a change that says something. */
  place(object: Watched): Placed | undefined;
}

/** Types of Istio's configuration that decide whether and how calls arrive. */
const istioTypes: readonly [group: string, plural: string, kind: string][] = [
  ['networking', 'virtualservices', 'VirtualService'],
  ['networking', 'destinationrules', 'DestinationRule'],
  ['networking', 'gateways', 'Gateway'],
  ['networking', 'serviceentries', 'ServiceEntry'],
  ['networking', 'sidecars', 'Sidecar'],
  ['security', 'peerauthentications', 'PeerAuthentication'],
  ['security', 'authorizationpolicies', 'AuthorizationPolicy'],
];

/** ConfigMaps in the namespace of control planes that proxies or injection follow. */
const meshConfigNames = /^(istio(-sidecar-injector)?(-[a-z0-9-]+)?|values(-[a-z0-9-]+)?|istio-ca-root-cert)$/;
const meshSecrets = /^(cacerts|istio-ca-secret|istio-remote-secret-.+)$/;

/** Whether proxies or injection follow a ConfigMap: not one by which istiods elect a leader, which changes every few seconds. */
export function isMeshConfig({ metadata: { name, annotations = {} } }: Watched): boolean {
  return meshConfigNames.test(name) && !('control-plane.alpha.kubernetes.io/leader' in annotations);
}

/**
 * Watches what may explain a loss in a cluster until `signal` aborts: pods, endpoints, nodes, webhooks, and the mesh's settings and
 * configuration. Returns what could not be watched, in words. Of Secrets only metadata is read.
 */
export async function watchMesh(
  cluster: ClusterHandle,
  { loadNamespace, callees = [] }: { loadNamespace: string; callees?: readonly Callee[] },
  signal: AbortSignal,
  tell: (event: PlacedEvent) => void,
): Promise<string[]> {
  const { namespace: istio } = cluster.istio;
  const own = callees.filter((callee) => callee.cluster === cluster.name).flatMap(calleeLists);
  const gateway = gatewayLists(cluster);
  const lists = [...podLists(cluster, loadNamespace), ...gateway, ...own, ...settings(istio), ...configuration()];
  const refused = await settleAll(
    lists.map(async ({ path, metadataOnly, told, place }) => {
      const notice = (change: Change<never>): void => {
        const whole = (change.after ?? change.before) as unknown as Watched;
        const object = whole.metadata;
        const where = place(whole);
        if (!where) return;
        const name = object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`;
        for (const { kind, says } of told(change))
          tell({ at: change.at, cluster: cluster.name, kind, object: name, says, ...where });
      };
      try {
        await followList(cluster, path, { metadataOnly, signal }, notice);
      } catch (error) {
        // a mesh may have no such type
        if (error instanceof Refused) return error.status === 404 ? undefined : `${cluster.name}: ${error.text()}`;
        throw error;
      }
      return undefined;
    }),
  );
  return refused.filter((one) => one !== undefined);
}

/** Where a pod of the load's namespace is on a path, or a slice of endpoints, by its labels. */
export function placeInLoad(
  cluster: string,
  labels: Watched['metadata']['labels'] = {},
): { place: Place; client?: string } {
  if (labels['app'] === 'client') return { place: 'client', client: `${cluster}/${labels['client']}` };
  const ingress = ingressLabel in labels || labels['kubernetes.io/service-name'] === ingressName;
  return { place: ingress ? 'ingress' : 'server' };
}

function podLists({ name, istio }: ClusterHandle, loadNamespace: string): Following[] {
  const placeOf = ({ metadata: { namespace, name: pod, labels = {} } }: Watched): Placed | undefined => {
    if (namespace === loadNamespace) return placeInLoad(name, labels);
    if (/gateway/.test(labels['istio'] ?? labels['app'] ?? pod)) return { place: 'gateway' };
    return { place: namespace === istio.namespace ? 'istiod' : 'configuration' };
  };
  const sliceOf: Following['place'] = ({ metadata: { namespace, name: slice, labels } }) =>
    namespace === loadNamespace ? placeInLoad(name, labels) : { place: /gateway/.test(slice) ? 'gateway' : 'istiod' };
  const namespaces = [...new Set([loadNamespace, istio.namespace])];
  return [
    ...namespaces.flatMap((namespace) => [podsIn(namespace, '', placeOf), slicesIn(namespace, '', sliceOf)]),
    { path: '/api/v1/nodes', told: nodeEvents as Following['told'], place: () => ({ place: 'node' }) },
  ];
}

function podsIn(namespace: string, query: string, place: Following['place']): Following {
  return { path: `/api/v1/namespaces/${namespace}/pods${query}`, told: podEvents as Following['told'], place };
}

function slicesIn(namespace: string, query: string, place: Following['place']): Following {
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices${query}`;
  return { path, told: endpointEvents as Following['told'], place };
}

/** Pods and endpoints of one Service, which is all that is watched of its namespace. */
function serviceLists(
  { namespace, name, selector }: Pick<Callee, 'namespace' | 'name' | 'selector'>,
  placed: Placed,
): Following[] {
  const slices = slicesIn(namespace, selecting(`kubernetes.io/service-name=${name}`), () => placed);
  return selector === undefined ? [slices] : [podsIn(namespace, selecting(selector), () => placed), slices];
}

/** What serves the calls of a path of the user's. */
function calleeLists(callee: Callee): Following[] {
  return serviceLists(callee, { place: 'callee', service: `${callee.name}.${callee.namespace}` });
}

/** The gateway to a cluster, where it is not in the namespace of istiod. */
function gatewayLists({ istio, gateway }: ClusterHandle): Following[] {
  if (!gateway || gateway.namespace === istio.namespace) return [];
  return serviceLists({ ...gateway, selector: selectorText(gateway.labels) }, { place: 'gateway' });
}

function settings(istio: string): Following[] {
  const of = (
    path: string,
    kind: string,
    what: string,
    which: (object: Watched) => boolean,
    place: Place = 'configuration',
  ): Following => ({
    path,
    metadataOnly: true,
    told: (change) => objectEvents(change, kind, what),
    place: (object) => (which(object) ? { place } : undefined),
  });
  const inIstio = `/api/v1/namespaces/${istio}`;
  const any = (): boolean => true;
  return [
    of('/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations', 'webhook', 'webhook', ({ metadata }) =>
      /^istio-/.test(metadata.name),
    ),
    of(`${inIstio}/configmaps`, 'mesh-config', 'ConfigMap', isMeshConfig),
    of(`${inIstio}/secrets`, 'secret', 'Secret', ({ metadata }) => meshSecrets.test(metadata.name)),
    of(`${inIstio}/services`, 'service', 'Service', any, 'istiod'),
    of(`/apis/apps/v1/namespaces/${istio}/deployments`, 'deployment', 'Deployment', any, 'istiod'),
    of(
      '/api/v1/namespaces',
      'namespace',
      'namespace',
      ({ metadata }) => [istio, sampleNamespace].includes(metadata.name) || /^load-/.test(metadata.name),
    ),
  ];
}

function configuration(): Following[] {
  return istioTypes.map(([group, plural, kind]) => ({
    path: `/apis/${group}.istio.io/v1/${plural}`,
    metadataOnly: true,
    told: (change) => objectEvents(change, 'configuration', kind),
    place: () => ({ place: 'configuration' }),
  }));
}
