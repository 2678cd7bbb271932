import { isIP } from 'node:net';
import { Agent, fetch } from 'undici';
import { parse } from 'yaml';
import { read, selecting } from '../kube/api.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import { orUndetermined } from '../kernel/undetermined.js';

/** What is wrong with the kubeconfig in a remote secret. */
export type Flaw =
  | { kind: 'malformed' }
  /** It leads to istiod's own pod. */
  | { kind: 'loopback'; host: string }
  | { kind: 'wrong cluster'; leadsTo: string }
  /** The API server shows a certificate of another authority than the kubeconfig trusts. */
  | { kind: 'wrong authority' }
  /** The API server does not know its token (HTTP 401). */
  | { kind: 'unauthorized' };

/** A remote secret of a primary, as far as it can be judged from outside of istiod; what it holds is kept in memory for the moment alone. */
export interface RemoteSecret {
  /** `namespace/name` */
  secret: string;
  /** The cluster that it is for. */
  cluster: string;
  /** Undefined where nothing is wrong; an address that only istiod can judge counts as right. */
  flaw?: Flaw;
}

/** The remote secrets in the namespace of an istiod; those for clusters that are not known have no flaw. */
export async function remoteSecretsOf(
  primary: ClusterHandle,
  clusters: readonly ClusterHandle[],
  namespace: string,
  signal?: AbortSignal,
): Promise<RemoteSecret[]> {
  const path = `/api/v1/namespaces/${namespace}/secrets${selecting('istio/multiCluster=true')}`;
  const list = await orUndetermined('reading the remote secrets', primary.name, () =>
    read<{ items: Secret[] }>(primary, path, { signal }),
  );
  const known = clusters.filter(({ name }) => name !== primary.name);
  const entries = (list?.items ?? []).flatMap(({ metadata, data = {} }) =>
    Object.entries(data).map(([cluster, kubeconfig]) => ({
      secret: `${namespace}/${metadata.name}`,
      cluster,
      kubeconfig,
    })),
  );
  return Promise.all(
    entries.map(async ({ secret, cluster, kubeconfig }) => {
      const meant = known.find(({ name }) => name === cluster);
      const text = Buffer.from(kubeconfig, 'base64').toString();
      return { secret, cluster, flaw: meant && (await flawOf(text, meant, clusters, signal)) };
    }),
  );
}

/** `leads to 127.0.0.1:6443, which is istiod's own pod` */
export function flawText(flaw: Flaw, cluster: string): string {
  switch (flaw.kind) {
    case 'malformed':
      return 'is not a kubeconfig';
    case 'loopback':
      return `points to ${flaw.host}, which is istiod's own pod`;
    case 'wrong cluster':
      return `points to the API server of ${flaw.leadsTo}`;
    case 'wrong authority':
      return `trusts a different CA than the API server of ${cluster} (x509: unknown authority)`;
    case 'unauthorized':
      return `the API server of ${cluster} refuses its token (HTTP 401)`;
  }
}

/** What Node.js calls a chain that none of the given authorities has signed. */
const unknownAuthority =
  /^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|CERT_SIGNATURE_FAILURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?)$/;

async function flawOf(
  kubeconfig: string,
  cluster: ClusterHandle,
  clusters: readonly ClusterHandle[],
  signal?: AbortSignal,
): Promise<Flaw | undefined> {
  const access = accessOf(kubeconfig);
  if (!access) return { kind: 'malformed' };
  const { server, token, ca } = access;
  const { host, hostname } = new URL(server);
  if (hostname === 'localhost' || (isIP(hostname) === 4 && hostname.startsWith('127.')))
    return { kind: 'loopback', host };
  const leadsTo = clusters.find(({ apiServer }) => new URL(apiServer).host === host);
  if (!leadsTo) return undefined;
  if (leadsTo.name !== cluster.name) return { kind: 'wrong cluster', leadsTo: leadsTo.name };
  const dispatcher = new Agent({ connect: { ca } });
  // no answer says nothing: istiod has other ways than this machine
  const status = await fetch(`${server}/api`, { dispatcher, signal, headers: { authorization: `Bearer ${token}` } })
    .then((answer) => answer.status)
    .catch((error: Error) =>
      unknownAuthority.test((error.cause as { code?: string } | undefined)?.code ?? '') ? 'unknown' : undefined,
    )
    .finally(() => dispatcher.close());
  if (status === 'unknown') return { kind: 'wrong authority' };
  return status === 401 ? { kind: 'unauthorized' } : undefined;
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
  metadata: { name: string };
  data?: Record<string, string>;
}

interface Kubeconfig {
  clusters: { cluster: { server: string; 'certificate-authority-data'?: string } }[];
  users: { user: { token?: string } }[];
}
