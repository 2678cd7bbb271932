import { parseAllDocuments } from 'yaml';
import { rememberSecrets } from '../kernel/secrets/known-secrets.js';
import { secretsOfText } from '../kernel/secrets/secret-words.js';
import { run } from '../kernel/run-program.js';
import { applyPatiently, outlast } from '../kube/outage.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import { ownerLabels } from '../run/object-labels.js';
import type { Plan } from '../topology/plan-types.js';
import { yamlText } from '../kube/yaml-documents.js';

interface Secret {
  kind: string;
  metadata: { labels?: Record<string, string>; namespace?: string };
}

/** Lets primaries read the cluster's API server: its credentials, made by istioctl, as a Secret in each primary. */
export async function connectRemote(
  from: ClusterHandle,
  into: readonly ClusterHandle[],
  plan: Plan,
  istioctl: string,
): Promise<void> {
  const args = [
    ...['--kubeconfig', from.kubeconfig, 'create-remote-secret', '--name', from.name, '--server', from.apiServer],
    ...['--istioNamespace', from.istio.namespace, '--namespace', from.istio.namespace],
  ];
  const text = await outlast(from, () => run(istioctl, args, { cluster: from.name }));
  for (const [, token] of text.matchAll(/token: (\S+)/g))
    rememberSecrets(secretsOfText(token!, `remote secret of ${from.name}`));
  const secret = remoteSecretIn(text);
  await Promise.all(
    into.map((target) => {
      const labels = { ...secret.metadata.labels, ...ownerLabels(plan) };
      const metadata = { ...secret.metadata, namespace: target.istio.namespace, labels };
      return applyPatiently(target, yamlText({ ...secret, metadata }));
    }),
  );
}

/** The Secret in what `istioctl create-remote-secret` prints, which ends with an empty document. */
export function remoteSecretIn(text: string): Secret {
  const documents = parseAllDocuments(text) as { toJS(): unknown }[];
  return documents.map((document) => document.toJS() as Secret | null).find((one) => one?.kind === 'Secret')!;
}
