import { X509Certificate } from 'node:crypto';
import { kubectl } from '../kube/kubectl.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';

/** The root certificate that one place of one cluster holds, as its sha256 fingerprint; or why it is not known. */
export interface RootOf {
  cluster: string;
  place: string;
  fingerprint?: string;
  trouble?: string;
}

const places = [
  { place: 'Secret cacerts', object: ['secret', 'cacerts'], base64: true },
  { place: 'ConfigMap istio-ca-root-cert', object: ['configmap', 'istio-ca-root-cert'], base64: false },
];

/**
 * The roots of all clusters side by side: each cluster's own files look right even when their roots differ, and proxies
 * only say that a certificate could not be verified. Asks every cluster; never throws for what one answers.
 */
export async function rootsOf(clusters: readonly ClusterHandle[], timeout: number): Promise<RootOf[]> {
  const questions = clusters.flatMap((cluster) => places.map((place) => ({ cluster, ...place })));
  return Promise.all(
    questions.map(async ({ cluster, place, object, base64 }) => {
      const args = ['get', '-n', cluster.istio.namespace, ...object, '-o', 'jsonpath={.data.root-cert\\.pem}'];
      const known = { cluster: cluster.name, place };
      try {
        const text = await kubectl(cluster, args, { timeout, uninterruptible: true });
        const pem = base64 ? Buffer.from(text, 'base64').toString('utf8') : text;
        return { ...known, fingerprint: new X509Certificate(pem).fingerprint256 };
      } catch (error) {
        return { ...known, trouble: (error as Error).message.split('\n')[0] };
      }
    }),
  );
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
