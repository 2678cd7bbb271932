import { isIP } from 'node:net';
import { Agent, fetch } from 'undici';
import { parse } from 'yaml';
import { read, selecting } from '../kube/api.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import { orUndetermined } from '../kernel/undetermined.js';

/**
 * In words, what is wrong with the remote secrets of a primary as far as it can be told from outside of istiod: `cluster2: leads
 * to 127.0.0.1:6443, which is istiod's own pod`. Empty when nothing is; an address that only istiod can judge counts as right.
 * What the secrets hold is kept in memory for the moment alone.
 */
export async function remoteSecretFlaws(
  primary: ClusterHandle,
  clusters: readonly ClusterHandle[],
  namespace: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const path = `/api/v1/namespaces/${namespace}/secrets${selecting('istio/multiCluster=true')}`;
  const list = await orUndetermined('reading the remote secrets', primary.name, () =>
    read<{ items: Secret[] }>(primary, path, { signal }),
  );
  const known = clusters.filter(({ name }) => name !== primary.name);
  const entries = (list?.items ?? []).flatMap(({ data = {} }) => Object.entries(data));
  const flaws = await Promise.all(
    entries.map(async ([name, kubeconfig]) => {
      const cluster = known.find((one) => one.name === name);
      const flaw = cluster && (await flawOf(Buffer.from(kubeconfig, 'base64').toString(), cluster, clusters, signal));
      return flaw ? [`${name}: ${flaw}`] : [];
    }),
  );
  return flaws.flat();
}

async function flawOf(
  kubeconfig: string,
  cluster: ClusterHandle,
  clusters: readonly ClusterHandle[],
  signal?: AbortSignal,
): Promise<string | undefined> {
  const access = accessOf(kubeconfig);
  if (!access) return 'is no kubeconfig';
  const { server, token, ca } = access;
  const { host, hostname } = new URL(server);
  if (hostname === 'localhost' || (isIP(hostname) === 4 && hostname.startsWith('127.')))
    return `leads to ${host}, which is istiod's own pod`;
  const leadsTo = clusters.find(({ apiServer }) => new URL(apiServer).host === host);
  if (!leadsTo) return undefined;
  if (leadsTo.name !== cluster.name) return `leads to the API server of ${leadsTo.name}`;
  const dispatcher = new Agent({ connect: { ca } });
  // no answer says nothing: istiod has other ways than this machine
  const status = await fetch(`${server}/api`, { dispatcher, signal, headers: { authorization: `Bearer ${token}` } })
    .then((answer) => answer.status)
    .catch(() => undefined)
    .finally(() => dispatcher.close());
  return status === 401 ? `the API server of ${cluster.name} refuses its token (HTTP 401)` : undefined;
}

/** Where a kubeconfig leads, and with what; undefined where it says neither. */
function accessOf(kubeconfig: string): { server: string; token: string; ca?: string } | undefined {
  try {
    const { clusters, users } = parse(kubeconfig) as Kubeconfig;
    const { server, 'certificate-authority-data': ca } = clusters[0]!.cluster;
    const { token } = users[0]!.user;
    if (!URL.canParse(server) || !token) return undefined;
    return { server, token, ca: ca && Buffer.from(ca, 'base64').toString() };
  } catch {
    return undefined;
  }
}

interface Secret {
  data?: Record<string, string>;
}

interface Kubeconfig {
  clusters: { cluster: { server: string; 'certificate-authority-data'?: string } }[];
  users: { user: { token?: string } }[];
}
