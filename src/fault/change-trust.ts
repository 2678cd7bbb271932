import { kubectl } from '../kube/kubectl.js';
import { currentSignal } from '../kernel/cancellation.js';
import { createIntermediate, createRoot } from '../mesh/certificates.js';
import { pods } from '../probe/control-plane.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import { eastWestGateway, sampleNamespace } from '../topology/mesh-names.js';
import { converge } from '../kernel/converge.js';
import { read, restart, type Breakage } from './breakage.js';
import type { Mesh } from './fault.js';
import { istiodName } from '../topology/istio-names.js';

/**
 * Replaces the certificates that a cluster's istiod signs with, and whatever holds a certificate that it has signed, now and
 * when it is taken back.
 */
export async function replaceAuthority(
  cluster: ClusterHandle,
  breakage: Breakage,
  files: Record<string, string>,
): Promise<void> {
  breakage.afterwards(`${cluster.name}: its pods hold certificates of another CA`, () => restartMesh(cluster));
  await replaceCaCerts(cluster, breakage, files);
  await restartMesh(cluster);
}

/** Replaces the Secret alone; an istiod that runs reads it again by itself, one that starts does so at once. */
export async function replaceCaCerts(
  cluster: ClusterHandle,
  breakage: Breakage,
  files: Record<string, string>,
): Promise<void> {
  const data = Object.entries(files).map(([name, pem]) => [name, Buffer.from(pem).toString('base64')]);
  await breakage.edit(cluster, cluster.istio.namespace, 'secret/cacerts', { data: Object.fromEntries(data) as object });
}

/** Gives an istiod files with which it cannot start, and waits until the next one is there and not ready; the running one stays. */
export async function stopByAuthority(
  cluster: ClusterHandle,
  breakage: Breakage,
  files: Record<string, string>,
): Promise<void> {
  const { namespace } = cluster.istio;
  const istiod = `deployment/${istiodName(cluster.istio)}`;
  breakage.afterwards(`${cluster.name}: istiod has not started`, () => restart(cluster, namespace, istiod));
  await replaceCaCerts(cluster, breakage, files);
  await kubectl(cluster, ['-n', namespace, 'rollout', 'restart', istiod]);
  await breakage.until('an istiod that does not start', async () =>
    (await pods(cluster, 'app=istiod', namespace)).some(({ ready, ip }) => !ready && ip !== ''),
  );
}

/** Gives all primaries a new root, and everything a certificate by it, except one Deployment of the sample namespace. */
export async function rotateRoot(
  { clusters, primaryOf }: Mesh,
  breakage: Breakage,
  forgotten: { cluster: ClusterHandle; deployment: string },
): Promise<void> {
  const primaries = clusters.filter(({ role }) => role === 'primary');
  const restartAll = async (except: readonly string[] = []): Promise<void> => {
    for (const one of primaries) await restart(one, one.istio.namespace, `deployment/${istiodName(one.istio)}`);
    for (const cluster of clusters) {
      const left = cluster === forgotten.cluster ? except : [];
      await restartHolders(cluster, await rootsToSign(primaryOf(cluster)), left);
    }
  };
  breakage.afterwards('pods hold certificates of another root', () => restartAll());
  const root = await createRoot();
  for (const one of primaries) await replaceCaCerts(one, breakage, { ...(await createIntermediate(root, one.name)) });
  await restartAll([forgotten.deployment]);
}

/** Everything that holds a certificate, in the order in which it gets one. */
async function restartMesh(cluster: ClusterHandle): Promise<void> {
  await restart(cluster, cluster.istio.namespace, `deployment/${istiodName(cluster.istio)}`);
  await restartHolders(cluster, await rootsToSign(cluster));
}

/**
 * Replaces what holds a certificate in a cluster, when its istiod, or that of its primary, has published `root` there. Deployments
 * of the sample namespace in `except` are left as they are.
 */
export async function restartHolders(
  cluster: ClusterHandle,
  root: string,
  except: readonly string[] = [],
): Promise<void> {
  // a pod that is made before istiod has published the new root trusts the old one until kubelet looks again, over a minute
  await Promise.all(
    [cluster.istio.namespace, sampleNamespace].map((namespace) => rootPublished(cluster, namespace, root)),
  );
  if (cluster.eastWestAddress) await restart(cluster, cluster.istio.namespace, `deployment/${eastWestGateway}`);
  const names = (await deploymentsOf(cluster)).filter((name) => !except.includes(name.split('/').pop()!));
  await restart(cluster, sampleNamespace, ...names);
}

async function deploymentsOf(cluster: ClusterHandle): Promise<string[]> {
  const args = ['-n', sampleNamespace, 'get', 'deployments', '-o', 'name'];
  return (await kubectl(cluster, args, { uninterruptible: true })).split('\n').filter((name) => name !== '');
}

/** The roots, as PEM, that a cluster's istiod tells others to trust. */
export async function rootsToSign(cluster: ClusterHandle): Promise<string> {
  const { data } = (await read(cluster, cluster.istio.namespace, 'secret/cacerts')) as { data: Record<string, string> };
  return Buffer.from(data['root-cert.pem'] ?? '', 'base64').toString();
}

/** Waits until the root that pods of a namespace are given is the wanted one. */
async function rootPublished(cluster: ClusterHandle, namespace: string, wanted: string): Promise<void> {
  const given = async (): Promise<string> => {
    const { data: files } = await read(cluster, namespace, 'configmap/istio-ca-root-cert');
    return (files as Record<string, string>)['root-cert.pem'] ?? '';
  };
  await converge(
    given,
    (root) => {
      if (root.trim() === wanted.trim()) return { ok: true };
      return { ok: false, expected: `the root of cacerts in ${cluster.name}/${namespace}`, got: 'another' };
    },
    { timeout: 60_000, interval: 500, signal: currentSignal() },
  );
}
