import { orUndetermined } from '../kernel/undetermined.js';
import { exec, type Target } from '../kube/kubectl.js';

/** Where an istiod runs. */
export interface IstiodOf {
  namespace: string;
  deployment: string;
}

/** What an istiod says of one cluster that it reads. */
export interface WatchedCluster {
  id: string;
  /** `namespace/name` of the remote secret; empty for the cluster that it runs in. */
  secret: string;
  /** synced, syncing, timeout, closed */
  status: string;
}

/** The clusters that the istiod of a primary reads, by its debug endpoint `clusterz`. */
export async function watchedClusters(
  primary: Target,
  istiod: IstiodOf,
  signal?: AbortSignal,
): Promise<WatchedCluster[]> {
  const text = await askIstiod(primary, istiod, '/debug/clusterz', signal);
  return orUndetermined('reading clusterz', primary.name, async () => readClusterz(text));
}

/** Exported for its test. */
export function readClusterz(text: string): WatchedCluster[] {
  const clusters = JSON.parse(text) as { id: string; secretName?: string; syncStatus?: string }[] | null;
  return (clusters ?? []).map(({ id, secretName = '', syncStatus = '' }) => ({
    id,
    secret: secretName,
    status: syncStatus,
  }));
}

/** What a debug endpoint of istiod answers. Throws Undetermined where it does not. */
export function askIstiod(
  primary: Target,
  { namespace, deployment }: IstiodOf,
  path: string,
  signal?: AbortSignal,
): Promise<string> {
  const command = ['pilot-discovery', 'request', 'GET', path];
  return orUndetermined(`asking istiod for ${path}`, primary.name, () =>
    exec(primary, namespace, `deploy/${deployment}`, 'discovery', command, { timeout: 10, signal }),
  );
}
