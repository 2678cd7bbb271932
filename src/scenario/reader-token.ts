import type { V1Secret, V1TokenReview } from '@kubernetes/client-node';
import { converge } from '../kernel/converge.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import type { Patch } from '../fault/merge-patch.js';
import { rememberSecrets } from '../kernel/secrets/known-secrets.js';
import { secretsOfText } from '../kernel/secrets/secret-words.js';
import { orUndetermined } from '../kernel/undetermined.js';
import { read } from '../kube/api.js';
import { kubectlJson } from '../kube/kubectl.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';

/** A token of a ServiceAccount, and the Secret that it comes from. */
export interface TokenSource {
  token: string;
  secret: string;
  serviceAccount: string;
}

/** Milliseconds for the controller to put a token into a Secret, and for the API server to note that it was used. */
const tokenLimit = 60_000;

/** Which Secret the token in a kubeconfig comes from, by what the token says of itself. Throws (exit 4) where it does not say it. */
export function tokenSource(kubeconfig: string): TokenSource {
  const token = /token: (\S+)/.exec(kubeconfig)?.[1] ?? '';
  const claims = claimsOf(token.split('.')[1] ?? '');
  const secret = claims['kubernetes.io/serviceaccount/secret.name'];
  const serviceAccount = claims['kubernetes.io/serviceaccount/service-account.name'];
  if (typeof secret === 'string' && typeof serviceAccount === 'string') return { token, secret, serviceAccount };
  throw new MeshproofError(
    'the token of a remote secret does not say which Secret it comes from',
    exitCode.environment,
    {
      expected: 'a token as istioctl create-remote-secret makes it, which can be revoked by deleting its Secret',
    },
  );
}

function claimsOf(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** A Secret in which the controller puts a new token of a ServiceAccount. */
export function tokenSecret(name: string, namespace: string, serviceAccount: string, labels: object): Patch {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/service-account-token',
    metadata: { name, namespace, labels, annotations: { 'kubernetes.io/service-account.name': serviceAccount } },
  };
}

/** The token in a Secret, when it is there. */
export async function tokenIn(cluster: ClusterHandle, name: string, signal: AbortSignal): Promise<string> {
  const { value } = await converge(
    (asked) => secretOf(cluster, name, asked),
    (found) =>
      found?.data?.['token']
        ? { ok: true }
        : { ok: false, expected: `a token in ${cluster.name}/${name}`, got: 'none yet' },
    { timeout: tokenLimit, interval: 500, signal },
  );
  const token = Buffer.from(value!.data!['token']!, 'base64').toString();
  rememberSecrets(secretsOfText(token, `renewed remote secret of ${cluster.name}`));
  return token;
}

/** Waits until the API server says that somebody has logged in with the token of a Secret: it labels it with the day. */
export async function tokenUsed(cluster: ClusterHandle, name: string, signal: AbortSignal): Promise<void> {
  await converge(
    (asked) => secretOf(cluster, name, asked),
    (found) =>
      found?.metadata?.labels?.['kubernetes.io/legacy-token-last-used']
        ? { ok: true }
        : { ok: false, expected: `the token in ${cluster.name}/${name} is used`, got: 'not yet' },
    { timeout: tokenLimit, interval: 500, signal },
  );
}

/** Waits until the API server knows a token no more: it keeps what it has found out about one for a moment. */
export async function tokenRefused(cluster: ClusterHandle, token: string, signal: AbortSignal): Promise<void> {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } };
  await converge(
    (asked) =>
      orUndetermined('asking about a token', cluster.name, () =>
        kubectlJson<V1TokenReview>(cluster, ['create', '-f', '-'], { input: JSON.stringify(review), signal: asked }),
      ),
    ({ status }) =>
      status?.authenticated
        ? { ok: false, expected: `the old token is refused by ${cluster.name}`, got: 'it is accepted' }
        : { ok: true },
    { timeout: tokenLimit, interval: 500, signal },
  );
}

function secretOf(cluster: ClusterHandle, name: string, signal: AbortSignal): Promise<V1Secret | undefined> {
  const path = `/api/v1/namespaces/${cluster.istio.namespace}/secrets/${name}`;
  return orUndetermined(`reading the Secret ${name}`, cluster.name, () => read<V1Secret>(cluster, path, { signal }));
}
