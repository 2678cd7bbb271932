import { caCertificates } from '../probe/workload-certificates.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';

/** The root certificate that one place of one cluster holds, as its sha256 fingerprint; or why it is undetermined. */
export interface RootOf {
  cluster: string;
  place: string;
  fingerprint?: string;
  trouble?: string;
}

/**
 * The roots of all clusters side by side, as F-NO-COMMON-ROOT reads them: each cluster's own files look right even when their roots
 * differ. It is evidence, for a reader who doubts a finding, and so it is told where nothing is wrong too. Never throws.
 */
export async function rootsOf(clusters: readonly ClusterHandle[], timeout: number): Promise<RootOf[]> {
  const asked = clusters.map(async (cluster): Promise<RootOf[]> => {
    const own = { cluster: cluster.name };
    try {
      const signal = AbortSignal.timeout(timeout * 1000);
      const {
        secret,
        signer,
        root = signer,
        published,
      } = await caCertificates(cluster, cluster.istio.namespace, signal);
      const places = [
        ...(root ? [{ place: `Secret ${secret}`, fingerprint: root.fingerprint }] : []),
        ...published.map(({ fingerprint }) => ({ place: 'ConfigMap istio-ca-root-cert', fingerprint })),
      ];
      return places.map((place) => ({ ...own, ...place }));
    } catch (error) {
      return [{ ...own, place: 'its certificates', trouble: (error as Error).message.split('\n')[0] }];
    }
  });
  return (await Promise.all(asked)).flat();
}

/** First whether there is one root, then who has which. */
export function describeRoots(roots: readonly RootOf[]): string {
  const found = [...new Set(roots.flatMap(({ fingerprint }) => fingerprint ?? []))];
  const verdict =
    found.length > 1
      ? `${found.length} different roots: a certificate of one cluster is not trusted by another`
      : `${found.length === 1 ? 'one root' : 'no root was found'}`;
  const lines = found.map((fingerprint, i) => `root ${i + 1}  sha256 ${fingerprint}`);
  const width = Math.max(...roots.map(({ cluster, place }) => cluster.length + place.length + 2));
  const rows = roots.map(({ cluster, place, fingerprint, trouble }) => {
    const root = fingerprint ? `root ${found.indexOf(fingerprint) + 1}` : `cannot tell: ${trouble}`;
    return `${`${cluster}  ${place}`.padEnd(width)}  ${root}`;
  });
  return [verdict, '', ...lines, '', ...rows].join('\n');
}
