import type { V1Deployment, V1Namespace, V1Node, V1Pod, V1Service } from '@kubernetes/client-node';
import { read } from '../kube/api.js';
import type { Target } from '../kube/kubectl.js';
import { defaultRevision } from '../topology/istio-names.js';
import { saysReady } from '../kube/ready-condition.js';

/** A cluster of a mesh that meshproof did not install, as found. */
export interface FoundCluster {
  /** What the mesh calls it; the name that it was opened by where it says none. */
  name: string;
  network: string;
  region: string;
  zone: string;
  meshID: string;
  /** The istiods that run in it, with the tag of their image; none in a remote. */
  istiods: { namespace: string; revision: string; version: string }[];
  /** Namespace of istiod, or of what leads to it in a remote. */
  namespace: string;
  /** The revision that most of the pods that are asked about follow. */
  revision: string;
  gateway?: { namespace: string; name: string; labels: Record<string, string> };
  /** Services that are not Kubernetes' or Istio's own, `namespace/name`, with their first port, that have pods with sidecars. */
  services: { namespace: string; name: string; port: number }[];
  /** A pod with a sidecar from which things are asked. */
  client?: { namespace: string; workload: string };
  /** Clusters that its istiods have remote secrets of. */
  reads: string[];
}

const networkLabel = 'topology.istio.io/network';

/** Namespaces whose services are not asked about by themselves. */
const system = /^(kube-|istio-|metallb|cert-manager|local-path|gatekeeper|monitoring)|^default$/;

/** Reads what a cluster is in its mesh: by its istiods, its labels and what its proxies were told. Changes nothing. */
export async function findCluster(target: Target, namespaces: readonly string[]): Promise<FoundCluster> {
  const list = async <T>(path: string): Promise<T[]> =>
    (await read<{ items: T[] }>(target, path, { timeout: 15 }))?.items ?? [];
  const [deployments, services, pods, spaces, nodes] = await Promise.all([
    list<V1Deployment>('/apis/apps/v1/deployments?labelSelector=app%3Distiod'),
    list<V1Service>('/api/v1/services'),
    list<V1Pod>('/api/v1/pods'),
    list<V1Namespace>('/api/v1/namespaces'),
    list<V1Node>('/api/v1/nodes'),
  ]);
  const istiods = deployments.map(({ metadata, spec }) => ({
    namespace: metadata!.namespace!,
    revision: metadata?.labels?.['istio.io/rev'] ?? defaultRevision,
    env: spec?.template.spec?.containers.flatMap(({ env = [] }) => env) ?? [],
    version: tagOf(spec?.template.spec?.containers[0]?.image),
  }));
  const told = (name: string): string[] => pods.flatMap((pod) => toldOf(pod, name));
  const labelled = services.find(({ metadata }) => metadata?.labels?.[networkLabel] !== undefined);
  const leads = services.find(({ metadata }) => metadata?.name?.startsWith('istiod'));
  const asked = pods.filter(
    ({ metadata }) => namespaces.length === 0 || namespaces.includes(metadata?.namespace ?? ''),
  );
  const namespace = istiods[0]?.namespace ?? leads?.metadata?.namespace ?? 'istio-system';
  const own = spaces.find(({ metadata }) => metadata?.name === namespace);
  const named = istiods.flatMap(({ env }) => env.find(({ name }) => name === 'CLUSTER_ID')?.value ?? []);
  const secrets = await list<{ data?: object }>(
    `/api/v1/namespaces/${namespace}/secrets?labelSelector=istio%2FmultiCluster%3Dtrue`,
  ).catch(() => []);
  const [node] = nodes;
  const revisions = asked.flatMap(({ metadata }) => metadata?.annotations?.['istio.io/rev'] ?? []);
  return {
    name: named[0] ?? mostOf(told('ISTIO_META_CLUSTER_ID')) ?? target.name,
    network:
      mostOf(told('ISTIO_META_NETWORK')) ??
      labelled?.metadata?.labels?.[networkLabel] ??
      own?.metadata?.labels?.[networkLabel] ??
      '',
    region: node?.metadata?.labels?.['topology.kubernetes.io/region'] ?? '',
    zone: node?.metadata?.labels?.['topology.kubernetes.io/zone'] ?? '',
    meshID: mostOf(told('ISTIO_META_MESH_ID')) ?? '',
    istiods: istiods.map(({ namespace: where, revision, version }) => ({ namespace: where, revision, version })),
    namespace,
    revision: mostOf(revisions) ?? istiods[0]?.revision ?? defaultRevision,
    gateway: labelled && gatewayOf(labelled),
    services: servicesOf(services, pods),
    client: clientAmong(asked, services) ?? clientAmong(pods, services),
    reads: secrets.flatMap(({ data = {} }) => Object.keys(data)),
  };
}

/** `1.31.0` of `docker.io/istio/pilot:1.31.0`; an image that is named by its digest alone has none. */
function tagOf(image = ''): string {
  return /:([\w.-]+)$/.exec(image.replace(/@.*$/, ''))?.[1] ?? 'unknown';
}

function gatewayOf({ metadata, spec }: V1Service): FoundCluster['gateway'] {
  return { namespace: metadata!.namespace!, name: metadata!.name!, labels: spec?.selector ?? {} };
}

/** What the proxy of a pod was told by a variable; not that of a gateway whose name the injector has not filled in. */
function toldOf({ spec }: V1Pod, name: string): string[] {
  const all = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  const env = all.find((container) => container.name === 'istio-proxy')?.env ?? [];
  const value = env.find((one) => one.name === name)?.value;
  return value ? [value] : [];
}

function servicesOf(services: readonly V1Service[], pods: readonly V1Pod[]): FoundCluster['services'] {
  const injected = pods.filter(({ spec }) =>
    [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].some(({ name }) => name === 'istio-proxy'),
  );
  return services.flatMap(({ metadata, spec }) => {
    const { namespace = '', name = '' } = metadata ?? {};
    const selector = Object.entries(spec?.selector ?? {});
    const [port] = spec?.ports ?? [];
    if (system.test(namespace) || selector.length === 0 || !port) return [];
    const has = injected.some(
      (pod) =>
        pod.metadata?.namespace === namespace &&
        selector.every(([key, value]) => pod.metadata?.labels?.[key] === value),
    );
    return has ? [{ namespace, name, port: port.port }] : [];
  });
}

/** A ready pod with a sidecar, no gateway; one that no service selects before others. */
function clientAmong(pods: readonly V1Pod[], services: readonly V1Service[]): FoundCluster['client'] {
  const usable = pods.filter(
    (pod) =>
      toldOf(pod, 'ISTIO_META_CLUSTER_ID').length > 0 &&
      pod.metadata?.labels?.['istio'] === undefined &&
      saysReady(pod),
  );
  const called = (pod: V1Pod): boolean =>
    services.some(({ metadata, spec }) => {
      const selector = Object.entries(spec?.selector ?? {});
      const near = metadata?.namespace === pod.metadata?.namespace && selector.length > 0;
      return near && selector.every(([key, value]) => pod.metadata?.labels?.[key] === value);
    });
  const [best] = [...usable].sort((a, b) => Number(called(a)) - Number(called(b)));
  return best && { namespace: best.metadata!.namespace!, workload: best.metadata!.name! };
}

/** What is there most often; undefined of nothing. */
export function mostOf(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}
