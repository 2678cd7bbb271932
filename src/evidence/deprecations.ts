import type { V1Pod } from '@kubernetes/client-node';
import pLimit from 'p-limit';
import { read, refused, request } from '../kube/api.js';
import type { Target } from '../kube/kubectl.js';
import { askProxy } from '../probe/proxy.js';
import { hasProxy, workloadOf } from './proxy-names.js';

/** What a mesh uses and a later version takes away, a line each, and what could not be asked. */
export interface Deprecations {
  /** `cluster1: Kubernetes endpoints v1 is asked for`, in order, each once. */
  found: string[];
  unknown: string[];
}

/** Bytes of a proxy's log that are searched: Envoy names what is deprecated when it gets it for the first time. */
const logBytes = 2_000_000;

/**
 * Deprecated things in use in a cluster: APIs that somebody has asked the API server for since it started, by its own metric
 * `apiserver_requested_deprecated_apis`, and options that proxies were given, by Envoy's statistic `runtime.deprecated_feature_use`
 * and its log. Never throws: what cannot be read is part of the answer.
 */
export async function deprecationsIn(cluster: Target): Promise<Deprecations> {
  const unknown: string[] = [];
  const note = (error: Error): never[] => {
    unknown.push(`${cluster.name}: ${error.message.split('\n')[0]!}`);
    return [];
  };
  const pods = await read<{ items: V1Pod[] }>(cluster, '/api/v1/pods').then((list) => list?.items ?? [], note);
  const limit = pLimit(4);
  const asked = [apisOf(cluster), ...pods.filter(hasProxy).map((pod) => limit(() => optionsOf(cluster, pod)))];
  const found = (await Promise.all(asked.map((one) => one.catch(note)))).flat();
  return { found: [...new Set(found.map((one) => `${cluster.name}: ${one}`))].sort(), unknown };
}

async function apisOf(cluster: Target): Promise<string[]> {
  return deprecatedApis(await textAt(cluster, '/metrics'));
}

/** APIs in the metrics of an API server that somebody asks for although they are deprecated. Exported for its test. */
export function deprecatedApis(metrics: string): string[] {
  const lines = metrics.matchAll(/^apiserver_requested_deprecated_apis\{([^}]*)\} [^0]/gm);
  return [...lines].map(([, labels]) => {
    const label = (name: string): string => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels!)?.[1] ?? '';
    const version = [label('group'), label('version')].filter(Boolean).join('/');
    const gone = label('removed_release') && `, which Kubernetes ${label('removed_release')} removes`;
    return `Kubernetes ${label('resource')} ${version} is asked for${gone}`;
  });
}

async function optionsOf(cluster: Target, pod: V1Pod): Promise<string[]> {
  const { namespace, name } = pod.metadata as { namespace: string; name: string };
  const statistics = await askProxy(
    cluster,
    { namespace, workload: name },
    'stats?usedonly&filter=deprecated_feature_use$',
  );
  if (!/deprecated_feature_use: [1-9]/.test(statistics)) return [];
  const log = await textAt(
    cluster,
    `/api/v1/namespaces/${namespace}/pods/${name}/log?container=istio-proxy&limitBytes=${logBytes}`,
  );
  const options = deprecatedOptions(log);
  const workload = `${namespace}/${workloadOf(pod)}`;
  return options.length > 0
    ? options.map((option) => `Envoy of ${workload} has ${option}`)
    : [`Envoy of ${workload} has a deprecated option, which its log does not name`];
}

/** Options that the log of an Envoy calls deprecated. Exported for its test. */
export function deprecatedOptions(log: string): string[] {
  const named = log.matchAll(/Using (?:the )?deprecated (?:default )?(?:option|value) '?([\w.]+)'?/g);
  return [...new Set([...named].map(([, option]) => option!))].sort();
}

async function textAt(cluster: Target, path: string): Promise<string> {
  const { status, text } = await request(cluster, { method: 'GET', path });
  if (status > 299) throw refused(cluster, `GET ${path.split('?')[0]}`, status, text);
  return text;
}
