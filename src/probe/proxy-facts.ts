import { exec, type Target } from '../kube/kubectl.js';
import { runInShell } from '../kube/pod-shell.js';
import { orUndetermined, Undetermined } from '../kernel/undetermined.js';
import { CommandError } from '../kernel/run-program.js';
import type { Assignment, Cluster, Listener, RouteConfiguration } from './envoy-types.js';
import { endpointsIn, type Endpoint } from './proxy.js';

/** A pod with a proxy. */
export interface ProxyPod {
  namespace: string;
  pod: string;
}

/** What the proxy of a pod was told, as far as it was asked for. */
export interface ProxyFacts {
  listeners: { listener?: Listener; refused?: string }[];
  routes: RouteConfiguration[];
  clusters: Cluster[];
  assignments: Assignment[];
  /** What Envoy itself thinks of its endpoints, by cluster. */
  hosts: Map<string, Endpoint[]>;
  /** Envoy's secrets as JSON: certificates, never a key. */
  secrets: string;
}

/** Which parts are asked for; regular expressions of names. What is left out is not asked for. */
export interface ProxyQuestion {
  listeners?: string;
  routes?: string;
  clusters?: string;
  secrets?: boolean;
}

/** Envoy's admin interface. */
const admin = 'http://127.0.0.1:15000';

/** Seconds for all answers of one proxy. */
const limit = 20;

/** Asks a proxy for the parts of its configuration that a call is led by; by one exec where its container has a shell and curl. */
export async function proxyFacts(
  cluster: Target,
  pod: ProxyPod,
  question: ProxyQuestion,
  signal?: AbortSignal,
): Promise<ProxyFacts> {
  const dump = (resource: string, name: string) =>
    `config_dump?resource=${resource}&name_regex=${encodeURIComponent(name)}`;
  const { listeners, routes, clusters, secrets } = question;
  const wanted = {
    ...(listeners && { listeners: dump('dynamic_listeners', listeners) }),
    ...(routes && { routes: dump('dynamic_route_configs', routes) }),
    ...(clusters && {
      clusters: dump('dynamic_active_clusters', clusters),
      assignments: `${dump('dynamic_endpoint_configs', clusters)}&include_eds`,
      hosts: `clusters?format=json&filter=${encodeURIComponent(clusters)}`,
    }),
    ...(secrets && { secrets: 'config_dump?resource=dynamic_active_secrets' }),
  };
  const texts = await askAll(cluster, pod, Object.values(wanted), signal);
  const answers = Object.fromEntries(Object.keys(wanted).map((key, i) => [key, texts[i]!]));
  return readProxyFacts(answers, `${cluster.name}: the proxy of ${pod.namespace}/${pod.pod}`);
}

/** Reads the answers of the admin interface, by what was asked. Exported for its test. */
export function readProxyFacts(answers: Readonly<Record<string, string>>, who: string): ProxyFacts {
  const parse = <T>(key: string): T | undefined => {
    const text = answers[key];
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      throw new Undetermined(`${who} answers with ${JSON.stringify(text.slice(0, 100))}, not with JSON`, { cause });
    }
  };
  const configs = <T>(key: string): T[] => parse<{ configs?: T[] }>(key)?.configs ?? [];
  const hosts = parse<Parameters<typeof endpointsIn>[0]>('hosts') ?? {};
  return {
    listeners: configs<DynamicListener>('listeners').map(({ active_state, warming_state, error_state }) => ({
      listener: (active_state ?? warming_state)?.listener,
      refused: error_state?.details,
    })),
    routes: configs<{ route_config: RouteConfiguration }>('routes').map(({ route_config }) => route_config),
    clusters: configs<{ cluster: Cluster }>('clusters').map(({ cluster }) => cluster),
    assignments: configs<{ endpoint_config: Assignment }>('assignments').map(({ endpoint_config }) => endpoint_config),
    hosts: new Map((hosts.cluster_statuses ?? []).map(({ name }) => [name, endpointsIn(hosts, name)])),
    secrets: answers['secrets'] ?? '{}',
  };
}

interface DynamicListener {
  active_state?: { listener?: Listener };
  warming_state?: { listener?: Listener };
  error_state?: { details?: string };
}

/** The answers to several questions, in their order. */
async function askAll(
  cluster: Target,
  { namespace, pod }: ProxyPod,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<string[]> {
  const mark = '----meshproof-next----';
  const place = { namespace, workload: pod, container: 'istio-proxy' };
  const curls = paths.map((path) => `curl -sSg '${admin}/${path}' || exit 4; echo '${mark}'`);
  const script = `command -v curl >/dev/null || exit 3\n${curls.join('\n')}`;
  return orUndetermined(`asking the proxy of ${namespace}/${pod}`, cluster.name, async () => {
    try {
      const text = await runInShell(cluster, place, script, { timeout: limit, signal });
      return text.split(`${mark}\n`).slice(0, paths.length);
    } catch (error) {
      // without a shell or curl the agent is asked, by an exec for each question
      if (!(error instanceof CommandError) || error.exit === 4 || error.exit === undefined) throw error;
      const ask = (path: string) =>
        exec(cluster, namespace, pod, 'istio-proxy', ['pilot-agent', 'request', 'GET', path], {
          timeout: limit,
          signal,
        });
      return Promise.all(paths.map(ask));
    }
  });
}
