import type { V1ConfigMap } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { docker } from '../kernel/docker.js';
import { Undetermined } from '../kernel/undetermined.js';
import { read } from '../kube/api.js';
import { mayDo, mayList } from '../probe/access-review.js';
import { istiodTrouble } from '../probe/control-plane.js';
import { watchedClusters, type WatchedCluster } from '../probe/istiod-debug.js';
import { knownToIstiod, type Known } from '../probe/istiod-endpoints.js';
import { proxyFacts, type ProxyFacts, type ProxyPod, type ProxyQuestion } from '../probe/proxy-facts.js';
import { remoteSecretsOf, type RemoteSecret } from '../probe/remote-secret-flaws.js';
import { unlabelledSecrets, type UnlabelledSecret } from '../probe/unlabelled-secrets.js';
import { tryConnections, type Connected } from '../probe/tcp-connection.js';
import {
  caCertificates,
  workloadCertificate,
  type CaCertificates,
  type WorkloadCertificate,
} from '../probe/workload-certificates.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import { injectorName, istiodName, meshConfigName, validatorName } from '../topology/istio-names.js';
import { eastWestGateway } from '../topology/mesh-names.js';
import type { Source } from './check.js';
import { kinds, type Kind, type Objects } from './object-kinds.js';
import { UndeclaredSource } from './undeclared-source.js';

/** What was read, by cluster and question. */
export type Memory = Map<string, Promise<unknown>>;

interface Reading {
  memory: Memory;
  signal?: AbortSignal;
  /** Nothing may be run in a pod. */
  noExec?: boolean;
  /** What may be read; undefined for everything. */
  sources?: ReadonlySet<Source>;
}

/** The istiod that serves a cluster, and where what belongs to it is. */
interface ControlPlaneOf {
  /** Name of the cluster that it runs in. */
  cluster: string;
  /** Its namespace, which is the root namespace of its configuration, and where gateways are. */
  namespace: string;
  deployment: string;
  serviceAccount: string;
  /** Labels of its pods. */
  labels: Readonly<Record<string, string>>;
  /** Its ConfigMaps, and the webhook that validates configuration. */
  meshConfig: string;
  injector: string;
  validator: string;
}

/** Sources that are asked by a command in a pod. */
const byExec: ReadonlySet<Source> = new Set<Source>(['istiod', 'proxies', 'connections']);

/** One cluster as checks see it; whatever is asked is asked once for all of them. */
export class ClusterView {
  readonly name: string;
  readonly role: 'primary' | 'remote';
  readonly network: string;

  constructor(
    readonly handle: ClusterHandle,
    private readonly all: readonly ClusterHandle[],
    private readonly reading: Reading,
  ) {
    this.name = handle.name;
    this.role = handle.role;
    this.network = handle.network;
  }

  /** The one place that knows where istiod is. */
  get istiod(): ControlPlaneOf {
    const { istio, primary = this.name } = this.handle;
    const name = istiodName(istio);
    return {
      cluster: primary,
      namespace: istio.namespace,
      deployment: name,
      serviceAccount: name,
      labels: { app: 'istiod', 'istio.io/rev': istio.revision },
      meshConfig: meshConfigName(istio),
      injector: injectorName(istio),
      validator: validatorName(istio),
    };
  }

  /** Namespace and name of the east-west gateway, and the labels of its pods. */
  get gateway(): { namespace: string; name: string; labels: Readonly<Record<string, string>> } {
    const usual = { namespace: this.istiod.namespace, name: eastWestGateway, labels: { istio: 'eastwestgateway' } };
    return this.handle.gateway ?? usual;
  }

  /** Objects of a kind, of one namespace where the kind has any; none where the cluster does not know the kind. */
  list<K extends Kind>(kind: K, namespace?: string): Promise<Objects[K][]> {
    const { api, plural, namespaced, source } = kinds[kind];
    const path = `${api}${namespaced ? `/namespaces/${namespace}` : ''}/${plural}`;
    return this.once(source, path, async () => {
      const found = await read<{ items: Objects[K][] }>(this.handle, path, {
        signal: this.reading.signal,
        timeout: 10,
      });
      return found?.items ?? [];
    });
  }

  /** Objects of a kind in several namespaces. */
  async listIn<K extends Kind>(kind: K, namespaces: readonly string[]): Promise<Objects[K][]> {
    return (await Promise.all(namespaces.map((namespace) => this.list(kind, namespace)))).flat();
  }

  /** The mesh config of a primary; undefined where it has none, or one that is not YAML. */
  meshConfig(): Promise<Record<string, unknown> | undefined> {
    return this.once('mesh config', 'mesh config', async () => {
      const { namespace, meshConfig } = this.istiod;
      const path = `/api/v1/namespaces/${namespace}/configmaps/${meshConfig}`;
      const map = await read<V1ConfigMap>(this.handle, path, { signal: this.reading.signal });
      try {
        return (parse(map?.data?.['mesh'] ?? '') ?? undefined) as Record<string, unknown> | undefined;
      } catch {
        return undefined;
      }
    });
  }

  /** The remote secrets of a primary, without what is secret in them. */
  remoteSecrets(): Promise<RemoteSecret[]> {
    return this.once('remote secrets', 'remote secrets', () =>
      remoteSecretsOf(this.handle, this.all, this.istiod.namespace, this.reading.signal),
    );
  }

  /** Secrets of a primary that look like remote secrets and are not labelled as such. */
  unlabelledSecrets(): Promise<UnlabelledSecret[]> {
    return this.once('remote secrets', 'unlabelled secrets', () =>
      unlabelledSecrets(this.handle, this.istiod.namespace, this.reading.signal),
    );
  }

  /** The clusters that the istiod of a primary reads. */
  watched(): Promise<WatchedCluster[]> {
    return this.once('istiod', 'clusterz', () => watchedClusters(this.handle, this.istiod, this.reading.signal));
  }

  /** The endpoints and gateways that the istiod of a primary knows. */
  known(): Promise<Known> {
    return this.once('istiod', 'known', () => knownToIstiod(this.handle, this.istiod, this.reading.signal));
  }

  /** What the proxy of a pod was told. */
  proxy(pod: ProxyPod, question: ProxyQuestion): Promise<ProxyFacts> {
    return this.once('proxies', `proxy ${pod.namespace}/${pod.pod} ${JSON.stringify(question)}`, () =>
      proxyFacts(this.handle, pod, question, this.reading.signal),
    );
  }

  /** The last error in the log of an istiod that is not ready. */
  istiodTrouble(): Promise<string | undefined> {
    return this.once('istiod', 'trouble', () => istiodTrouble(this.handle));
  }

  /** The certificates that this cluster's istiod signs with, and the root that it gives to workloads. */
  authority(): Promise<CaCertificates> {
    return this.once('certificates', 'authority', () =>
      caCertificates(this.handle, this.istiod.namespace, this.reading.signal),
    );
  }

  /** The certificate of a workload's proxy, and whom it trusts. */
  certificateOf(namespace: string, workload: string): Promise<WorkloadCertificate> {
    return this.once('proxies', `certificate ${namespace}/${workload}`, () =>
      workloadCertificate(this.handle, { namespace, workload, signal: this.reading.signal }),
    );
  }

  /** What becomes of TCP connections from where the proxy of a workload makes its own. */
  connect(namespace: string, workload: string, targets: readonly string[], from?: string): Promise<Connected[]> {
    const question = `connect ${namespace}/${workload} ${targets.join(' ')}${from ? ` from ${from}` : ''}`;
    return this.once('connections', question, () =>
      tryConnections(this.handle, { namespace, workload }, targets, { signal: this.reading.signal, from }),
    );
  }

  /** Whether istiod may do something with a resource of its own namespace. */
  istiodMay(verb: string, resource: string): Promise<boolean> {
    const { namespace, serviceAccount: account } = this.istiod;
    return this.once('rights', `${verb} ${resource}`, () =>
      mayDo(this.handle, { namespace, account }, { verb, resource }, this.reading.signal),
    );
  }

  /**
   * Whether the service account that reads this cluster for others may list a resource in all namespaces, such as
   * `endpointslices.discovery.k8s.io`. True if the account does not exist.
   */
  readerMay(account: string, resource: string): Promise<boolean> {
    const { namespace } = this.istiod;
    return this.once('rights', `${account} list ${resource}`, () =>
      mayList(this.handle, { namespace, account }, resource, this.reading.signal),
    );
  }

  /** The routes of a node, `range via address`, a line each; of nodes that are containers. */
  routesOf(node: string): Promise<string> {
    return this.once('routes', `routes ${node}`, () =>
      docker(['exec', node, 'ip', 'route', 'show'], { timeout: 10, signal: this.reading.signal }),
    );
  }

  private once<T>(source: Source, question: string, ask: () => Promise<T>): Promise<T> {
    const { memory, sources } = this.reading;
    if (sources && !sources.has(source)) throw new UndeclaredSource(source);
    const key = `${this.name} ${question}`;
    const known = memory.get(key) as Promise<T> | undefined;
    if (known) return known;
    if (this.reading.noExec && byExec.has(source))
      throw new Undetermined(`${this.name}: ${source} needs an exec into a pod, which --no-exec forbids`);
    const asked = ask();
    memory.set(key, asked);
    // who asked hears of it; the memory must not end the process
    asked.catch(() => undefined);
    return asked;
  }
}
