import { escapeRegExp } from '../kernel/text.js';
import { run } from '../kernel/run-program.js';
import { exec, type Target } from '../kube/kubectl.js';
import { runInShell } from '../kube/pod-shell.js';
import { orUndetermined, Undetermined } from '../kernel/undetermined.js';
import type { IstioNames } from '../topology/istio-names.js';

/** Where a workload's own proxy is asked. */
export interface ProxyOf {
  namespace: string;
  /** Pod name or `deploy/name`. */
  workload: string;
  /** A container of the same pod that has curl; without one the proxy's own agent is asked, which is started for it. */
  curlIn?: string;
  signal?: AbortSignal;
}

/** One endpoint that a proxy knows of an upstream cluster. */
export interface Endpoint {
  /** `ip:port` */
  address: string;
  /** HEALTHY, UNHEALTHY, ... as istiod says it. */
  health: string;
  /** Failed Envoy's own outlier detection. */
  ejected: boolean;
  weight: number;
  priority: number;
  region: string;
  zone: string;
  /** Made to it since the proxy has known it. */
  connections: number;
}

/** Envoy's name of the upstream cluster of a service without subsets. */
export const outbound = (host: string, port: number) => `outbound|${port}||${host}`;

/** The same on an east-west gateway, which tells services apart by their SNI. */
export const sniCluster = (host: string, port: number) => `outbound_.${port}_._.${host}`;

/** The endpoints that a workload's proxy has for an upstream cluster, by one exec; empty if it does not know that cluster. */
export async function proxyEndpoints(cluster: Target, proxy: ProxyOf, upstreamCluster: string): Promise<Endpoint[]> {
  const filter = encodeURIComponent(`^${escapeRegExp(upstreamCluster)}$`);
  const path = `clusters?format=json&filter=${filter}`;
  return endpointsIn(await askProxyJson<EnvoyClusters>(cluster, proxy, path), upstreamCluster);
}

/** The endpoints in Envoy's `clusters?format=json`. Exported for its test. */
export function endpointsIn(dump: EnvoyClusters, upstreamCluster: string): Endpoint[] {
  return (dump.cluster_statuses ?? [])
    .filter((status) => status.name === upstreamCluster)
    .flatMap((status) => status.host_statuses ?? [])
    .map((host) => ({
      address: addressOf(host),
      health: host.health_status?.eds_health_status ?? 'UNKNOWN',
      ejected: host.health_status?.failed_outlier_check === true,
      weight: host.weight ?? 1,
      priority: host.priority ?? 0,
      region: host.locality?.region ?? '',
      zone: host.locality?.zone ?? '',
      connections: statOf(host, 'cx_total'),
    }));
}

function addressOf({ address }: HostStatus): string {
  return `${address.socket_address?.address}:${address.socket_address?.port_value}`;
}

function statOf({ stats }: HostStatus, name: string): number {
  return Number(stats?.find((stat) => stat.name === name)?.value ?? 0);
}

interface EnvoyClusters {
  cluster_statuses?: { name: string; host_statuses?: HostStatus[] }[];
}

interface HostStatus {
  address: { socket_address?: { address: string; port_value: number } };
  health_status?: { eds_health_status?: string; failed_outlier_check?: boolean };
  weight?: number;
  priority?: number;
  locality?: { region?: string; zone?: string };
  stats?: { name: string; value?: string | number }[];
}

/** The load balancing policy that a workload's proxy uses for an upstream cluster: ROUND_ROBIN, LEAST_REQUEST, ...; undefined if it does not know that cluster. */
export async function proxyPolicy(
  cluster: Target,
  proxy: ProxyOf,
  upstreamCluster: string,
): Promise<string | undefined> {
  const found = await upstreamConfig(cluster, proxy, upstreamCluster);
  // Envoy leaves out the value that is its default
  return found && (found.lb_policy ?? 'ROUND_ROBIN');
}

/** What Envoy was told of an upstream cluster; undefined if it does not know it. */
async function upstreamConfig(
  cluster: Target,
  proxy: ProxyOf,
  upstreamCluster: string,
): Promise<UpstreamConfig | undefined> {
  const name = encodeURIComponent(`^${escapeRegExp(upstreamCluster)}$`);
  const path = `config_dump?resource=dynamic_active_clusters&name_regex=${name}`;
  const { configs = [] } = await askProxyJson<{ configs?: { cluster: UpstreamConfig }[] }>(cluster, proxy, path);
  return configs[0]?.cluster;
}

interface UpstreamConfig {
  lb_policy?: string;
}

/** Envoy's admin interface; all containers of a pod have one network, and calls to this address pass no proxy. */
const admin = 'http://127.0.0.1:15000';

/** Asks the admin interface of a workload's own proxy; the answer as it is. */
export function askProxy(
  cluster: Target,
  { namespace, workload, curlIn, signal }: ProxyOf,
  path: string,
): Promise<string> {
  const options = { timeout: 20, signal };
  return orUndetermined(`asking the proxy of ${namespace}/${workload}`, cluster.name, () =>
    curlIn
      ? runInShell(cluster, { namespace, workload, container: curlIn }, `curl -sSfg '${admin}/${path}'`, options)
      : exec(cluster, namespace, workload, 'istio-proxy', ['pilot-agent', 'request', 'GET', path], options),
  );
}

/** The same for an answer that is JSON. Throws Undetermined where it is not: an Envoy that is starting or ending may say nothing. */
async function askProxyJson<T>(cluster: Target, proxy: ProxyOf, path: string): Promise<T> {
  const text = await askProxy(cluster, proxy, path);
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    const said = text === '' ? 'nothing' : JSON.stringify(text.slice(0, 100));
    const what = `the proxy of ${proxy.namespace}/${proxy.workload} answers ${path.split('?')[0]} with ${said}, not with JSON`;
    throw new Undetermined(`${cluster.name}: ${what}`, { where: cluster.name, cause: error });
  }
}

/** Whether a workload's proxy has a listener on a port. */
export async function listensOn(cluster: Target, proxy: ProxyOf, port: number): Promise<boolean> {
  const listeners = await askProxy(cluster, proxy, 'listeners');
  return listeners.split('\n').some((line) => line.endsWith(`:${port}`));
}

/** An istioctl, and the istiods that it asks. */
export interface Istioctl extends IstioNames {
  /** Path or name of the program; of the version of those istiods. */
  program: string;
}

/**
 * What of an istioctl's command line says which istiods are meant. The revision is always named: without one istioctl asks the istiods
 * of all revisions.
 */
export function whichIstiods({ namespace, revision }: IstioNames): string[] {
  return [...(namespace === 'istio-system' ? [] : ['--istioNamespace', namespace]), '--revision', revision];
}

/** istioctl against one cluster's control plane. */
export function istioctl(
  cluster: Target,
  asked: Istioctl,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  const { program } = asked;
  const words = ['--kubeconfig', cluster.kubeconfig, ...args, ...whichIstiods(asked)];
  return orUndetermined(`${program} ${args.join(' ')}`, cluster.name, () =>
    run(program, words, { timeout: 30, cluster: cluster.name, signal }),
  );
}
