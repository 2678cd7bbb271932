import { read, selecting, type ReadOptions } from '../kube/api.js';
import { kubectl, type Target } from '../kube/kubectl.js';
import { istioctl, type Istioctl } from './proxy.js';
import { orUndetermined } from '../kernel/undetermined.js';
import { saysReady } from '../kube/ready-condition.js';

/** What an istiod says of one proxy that is connected to it. */
export interface ProxyState {
  /** `pod.namespace` */
  id: string;
  cluster: string;
  version: string;
  /** Per xDS type (CDS, EDS, LDS, RDS, ...): SYNCED, STALE, NOT_SENT, ERROR. */
  xds: Record<string, string>;
}

/** Every proxy connected to the control plane of a primary, whichever cluster it runs in. */
export async function proxyStatus(primary: Target, asked: Istioctl, signal?: AbortSignal): Promise<ProxyState[]> {
  const text = await istioctl(primary, asked, ['proxy-status', '-o', 'json'], signal);
  return orUndetermined(`reading ${asked.program} proxy-status`, primary.name, async () => readProxyStatus(text));
}

/** Reads `istioctl proxy-status -o json` (1.30 and 1.31 write the same). Exported for its test. */
export function readProxyStatus(text: string): ProxyState[] {
  const document = JSON.parse(text) as XdsStatus;
  return (document.resources ?? []).map(({ node, genericXdsConfigs = [] }) => ({
    id: node.id,
    cluster: node.metadata?.CLUSTER_ID ?? '',
    version: node.metadata?.ISTIO_VERSION ?? '',
    xds: Object.fromEntries(
      genericXdsConfigs.map((config) => [xdsName(config.typeUrl), config.configStatus ?? 'UNKNOWN']),
    ),
  }));
}

interface XdsStatus {
  resources?: {
    node: { id: string; metadata?: { CLUSTER_ID?: string; ISTIO_VERSION?: string } };
    genericXdsConfigs?: { typeUrl: string; configStatus?: string }[];
  }[];
}

function xdsName(typeUrl: string): string {
  const names: Record<string, string> = {
    Cluster: 'CDS',
    ClusterLoadAssignment: 'EDS',
    Listener: 'LDS',
    RouteConfiguration: 'RDS',
  };
  const type = typeUrl.split('.').pop() ?? typeUrl;
  return names[type] ?? type;
}

/** What an istiod says of one cluster whose API server it watches. */
export interface RemoteCluster {
  name: string;
  /** `namespace/name` of the remote secret; empty for the cluster that istiod runs in. */
  secret: string;
  /** synced, syncing, timeout, closed */
  status: string;
  istiod: string;
}

/** The clusters that each istiod of a primary watches, its own included. */
export async function remoteClusters(primary: Target, asked: Istioctl, signal?: AbortSignal): Promise<RemoteCluster[]> {
  return readRemoteClusters(await istioctl(primary, asked, ['remote-clusters'], signal));
}

/** Reads the table of `istioctl remote-clusters` (it has no JSON) by the places of its headings; 1.31 has a REVISION more. */
export function readRemoteClusters(text: string): RemoteCluster[] {
  const [heading = '', ...lines] = text.split('\n');
  const columns = [...heading.matchAll(/\S+/g)].map((match) => ({ name: match[0], start: match.index }));
  return lines
    .filter((line) => line.trim())
    .map((line) => {
      const cell = (name: string) => {
        const i = columns.findIndex((column) => column.name === name);
        return i < 0 ? '' : line.slice(columns[i]!.start, columns[i + 1]?.start).trim();
      };
      return { name: cell('NAME'), secret: cell('SECRET'), status: cell('STATUS'), istiod: cell('ISTIOD') };
    });
}

/** The version of every istiod that answers, as it says itself; empty where the cluster has none. */
export async function istiodVersions(cluster: Target, asked: Istioctl, signal?: AbortSignal): Promise<string[]> {
  const text = await istioctl(cluster, asked, ['version', '-o', 'json'], signal);
  return orUndetermined(`reading ${asked.program} version`, cluster.name, async () => readIstiodVersions(text));
}

/** Reads `istioctl version -o json`. Exported for its test. */
export function readIstiodVersions(text: string): string[] {
  const { meshVersion } = JSON.parse(text) as {
    meshVersion?: { Component: string; Info: { version: string } }[] | null;
  };
  // an istiod of a named revision calls itself istiod, the default one pilot
  const istiods = (meshVersion ?? []).filter(({ Component }) => Component === 'pilot' || Component === 'istiod');
  return istiods.map(({ Info }) => Info.version);
}

/** The last error in the log of an istiod that is not ready; undefined where every istiod is, or says nothing of the kind. */
export async function istiodTrouble(cluster: Target): Promise<string | undefined> {
  const trouble = (await pods(cluster, 'app=istiod')).find(({ ready }) => !ready);
  if (!trouble) return undefined;
  const args = ['-n', trouble.namespace, 'logs', trouble.name, '--tail=200'];
  // a container that has just ended has its words in its last log
  const log = (await kubectl(cluster, args)) || (await kubectl(cluster, [...args, '--previous']));
  return log
    .split('\n')
    .filter((line) => /\berror\b/i.test(line))
    .at(-1)
    ?.trim()
    .slice(0, 300);
}

/** `complete` when all pods of a Deployment are of its newest form and ready, and no others are left; else how far it is. */
export async function rolloutState(
  cluster: Target,
  namespace: string,
  name: string,
  signal?: AbortSignal,
): Promise<string> {
  const found = await orUndetermined(`reading deployment ${namespace}/${name}`, cluster.name, () =>
    read<Deployment>(cluster, `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`, { signal }),
  );
  if (!found) return 'the Deployment does not exist';
  const { metadata, spec, status } = found;
  const { replicas: wanted } = spec;
  const { observedGeneration = 0, replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  const current = observedGeneration >= metadata.generation;
  if (current && updatedReplicas === wanted && replicas === wanted && availableReplicas === wanted) return 'complete';
  return `${updatedReplicas} new and ${replicas - updatedReplicas} old pods, ${availableReplicas} ready, of ${wanted}`;
}

interface Deployment {
  metadata: { generation: number };
  spec: { replicas: number };
  status: { observedGeneration?: number; replicas?: number; updatedReplicas?: number; availableReplicas?: number };
}

/** A pod as far as probes need it. */
export interface PodState {
  name: string;
  namespace: string;
  /** Empty until the pod has one. */
  ip: string;
  ready: boolean;
  /** The label `version`; empty where there is none. */
  version: string;
  labels: Readonly<Record<string, string>>;
  /** Has Istio's proxy, as a sidecar or as a gateway. */
  proxied: boolean;
  /** The mesh ID that its proxy was given; empty without a proxy or a mesh ID. */
  meshId: string;
}

/** The pods that a label selector picks, of one namespace or of all; pods that are being deleted or have ended are left out. */
export async function pods(
  cluster: Target,
  selector: string,
  namespace?: string,
  signal?: AbortSignal,
): Promise<PodState[]> {
  const where = namespace ? `/namespaces/${namespace}` : '';
  const list = await orUndetermined(`listing pods ${selector}`, cluster.name, () =>
    read<PodList>(cluster, `/api/v1${where}/pods${selecting(selector)}`, { signal }),
  );
  return (list?.items ?? [])
    .filter(
      ({ metadata, status }) =>
        !metadata.deletionTimestamp && status.phase !== 'Succeeded' && status.phase !== 'Failed',
    )
    .map(({ metadata, spec, status }) => {
      // a native sidecar is an init container
      const proxy = [...spec.containers, ...(spec.initContainers ?? [])].find(({ name }) => name === 'istio-proxy');
      return {
        name: metadata.name,
        namespace: metadata.namespace,
        ip: status.podIP ?? '',
        ready: saysReady({ status }),
        version: metadata.labels?.['version'] ?? '',
        labels: metadata.labels ?? {},
        proxied: proxy !== undefined,
        meshId: proxy?.env?.find(({ name }) => name === 'ISTIO_META_MESH_ID')?.value ?? '',
      };
    });
}

/** Names of the namespaces that a label selector picks. */
export async function namespaces(cluster: Target, selector: string, options: ReadOptions = {}): Promise<string[]> {
  const list = await orUndetermined(`listing namespaces ${selector}`, cluster.name, () =>
    read<{ items: { metadata: { name: string } }[] }>(cluster, `/api/v1/namespaces${selecting(selector)}`, options),
  );
  return (list?.items ?? []).map(({ metadata }) => metadata.name);
}

interface PodList {
  items: {
    metadata: { name: string; namespace: string; deletionTimestamp?: string; labels?: Record<string, string> };
    spec: { containers: Container[]; initContainers?: Container[] };
    status: { phase?: string; podIP?: string; conditions?: { type: string; status: string }[] };
  }[];
}

interface Container {
  name: string;
  env?: { name: string; value?: string }[];
}
