import type { V1Pod } from '@kubernetes/client-node';
import { read, Refused, selecting } from '../kube/api.js';
import { dryRun } from '../kube/apply.js';
import type { Target } from '../kube/kubectl.js';
import { orUndetermined } from '../kernel/undetermined.js';

/** A pod that is asked for, but never made. */
export interface PodRequest {
  namespace: string;
  labels?: Record<string, string>;
}

/** What the API server, with the injection webhook behind it, makes of a pod. */
export type PodAnswer = 'sidecar' | 'no sidecar' | 'no injector answers' | `refused: ${string}`;

/**
 * Applies pods as a server-side dry run: admission is done in full, injection included, and nothing is stored. One answer
 * for each, in the order of `requests`.
 */
export async function tryPods(
  cluster: Target,
  requests: readonly PodRequest[],
  image: string,
  signal?: AbortSignal,
): Promise<PodAnswer[]> {
  const answer = async ({ namespace, labels }: PodRequest, i: number): Promise<PodAnswer> => {
    const metadata = { name: `dry-run-${i}`, namespace, labels };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'app', image }] } };
    try {
      const { spec } = await dryRun<V1Pod>(cluster, pod, { timeout: 40, signal });
      const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
      return containers.some(({ name }) => name === 'istio-proxy') ? 'sidecar' : 'no sidecar';
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const noInjector = /failed calling webhook .*sidecar-injector/.test(error.message);
      return noInjector ? 'no injector answers' : `refused: ${error.message}`;
    }
  };
  return orUndetermined(`trying ${requests.length} pods`, cluster.name, () => Promise.all(requests.map(answer)));
}

/** `address:port` of every endpoint that a service of istiod's has in a cluster, each once and sorted: of one of its ports, or of all. */
export async function serviceEndpoints(
  cluster: Target,
  { namespace, name, port }: { namespace: string; name: string; port?: number },
  signal?: AbortSignal,
): Promise<string[]> {
  return orUndetermined(`reading the endpoints of ${namespace}/${name}`, cluster.name, async () => {
    const core = `/api/v1/namespaces/${namespace}`;
    const owned = selecting(`kubernetes.io/service-name=${name}`);
    const [service, slices] = await Promise.all([
      read<Service>(cluster, `${core}/services/${name}`, { signal }),
      read<{ items: Slice[] }>(cluster, `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices${owned}`, {
        signal,
      }),
    ]);
    const { externalName, ports: own = [] } = service?.spec ?? ({} as Partial<Service['spec']>);
    // of a remote whose primary has a gateway with a host name: Kubernetes keeps no endpoints of it
    if (externalName)
      return (port === undefined ? own.map((one) => one.port) : [port]).map((to) => `${externalName}:${to}`);
    if (!service || !slices) return [];
    const portName = port && own.find((one) => one.port === port)?.name;
    const found = slices.items.flatMap(({ endpoints, ports }) =>
      (endpoints ?? [])
        .filter(({ conditions }) => conditions?.ready !== false)
        .flatMap(({ addresses }) => addresses)
        .flatMap((address) =>
          (ports ?? [])
            .filter((one) => port === undefined || one.name === portName)
            .map((one) => `${address}:${one.port}`),
        ),
    );
    return [...new Set(found)].sort();
  });
}

interface Service {
  spec: { externalName?: string; ports?: { name?: string; port: number }[] };
}

interface Slice {
  endpoints: { addresses: string[]; conditions?: { ready?: boolean } }[] | null;
  ports: { name?: string; port: number }[] | null;
}

/** Where the API server of a cluster sends pods for injection: `address:port` of every endpoint behind every webhook that can match. */
export async function injectorEndpoints(cluster: Target, signal?: AbortSignal): Promise<string[]> {
  const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
  const list = await orUndetermined('reading the injection webhooks', cluster.name, () =>
    read<{ items: Webhooks[] }>(cluster, `${path}${selecting('app=sidecar-injector')}`, { signal }),
  );
  const targets = (list?.items ?? [])
    .flatMap(({ webhooks }) => webhooks ?? [])
    // what a default tag has replaced stays, with a selector that nothing matches
    .filter(({ namespaceSelector }) => namespaceSelector?.matchLabels?.['istio.io/deactivated'] === undefined)
    .map(({ clientConfig: { url, service } }) => ({ url, service: service && JSON.stringify(service) }));
  const urls = targets.map(({ url }) => url && new URL(url).host).filter((host) => host !== undefined);
  const services = [...new Set(targets.map(({ service }) => service).filter((one) => one !== undefined))];
  const behind = await Promise.all(
    services.map((text) => {
      const { namespace, name, port = 443 } = JSON.parse(text) as { namespace: string; name: string; port?: number };
      return serviceEndpoints(cluster, { namespace, name, port }, signal);
    }),
  );
  return [...new Set([...urls, ...behind.flat()])].filter((target) => target !== '').sort();
}

interface Webhooks {
  webhooks?: {
    clientConfig: { url?: string; service?: { namespace: string; name: string; port?: number } };
    namespaceSelector?: { matchLabels?: Record<string, string> };
  }[];
}
