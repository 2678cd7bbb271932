import type { KnownSecret } from '../kernel/secrets/known-secrets.js';
import { isSecretKey, pieces, publicKey, structured, wordsOf } from '../kernel/secrets/secret-words.js';

/** A Secret as the API server gives it, or as it is applied. */
export interface SecretObject {
  metadata: { name: string; namespace?: string };
  type?: string;
  data?: Record<string, string>;
  stringData?: Record<string, string>;
}

/** The secrets of a Secret; `cluster` is for their source. */
export function secretsOf({ metadata, type, data, stringData }: SecretObject, cluster: string): KnownSecret[] {
  // a whole Helm chart with its values, packed: no text of a report looks like it
  if (type === 'helm.sh/release.v1') return [];
  const source = `Secret ${cluster}/${metadata.namespace ?? 'default'}/${metadata.name}`;
  const binary = Object.entries(data ?? {}).map(([key, base64]) => [key, Buffer.from(base64, 'base64')] as const);
  const text = Object.entries(stringData ?? {}).map(([key, value]) => [key, Buffer.from(value)] as const);
  return [...binary, ...text].flatMap(([key, bytes]) => {
    if (publicKey.test(key)) return [];
    const text = bytes.toString('utf8');
    const readable = Buffer.from(text, 'utf8').equals(bytes) && !text.includes('\0');
    const words = readable ? wordsOf(text, isSecretKey(key)) : pieces(bytes.toString('base64'));
    const place = `${source}, ${key}`;
    return words.map((word) => ({ word, source: place }));
  });
}

/** The secrets of a kubeconfig; none where it is not valid YAML. */
export function secretsOfKubeconfig(text: string, cluster: string): KnownSecret[] {
  const { users } = (structured(text) ?? {}) as { users?: unknown };
  const words = wordsOf(JSON.stringify({ users: users ?? [] }));
  return words.map((word) => ({ word, source: `kubeconfig of ${cluster}` }));
}
