import { rememberSecrets } from '../kernel/secrets/known-secrets.js';
import { secretsOfText } from '../kernel/secrets/secret-words.js';
import { kubectl } from '../kube/kubectl.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import { restart, type Breakage } from './breakage.js';
import { istiodName } from '../topology/istio-names.js';

/**
 * Changes the kubeconfig with which the istiod of a primary reads another cluster. While a changed secret does not
 * sync, Istio 1.31 keeps its data of the cluster. It then confuses the two secrets ("was already replaced, skipping
 * delete"), so istiod is restarted after the secret is restored.
 */
export async function changeRemoteSecret(
  primary: ClusterHandle,
  of: ClusterHandle,
  breakage: Breakage,
  change: (kubeconfig: string) => string,
): Promise<void> {
  breakage.afterwards(`${primary.name}: istiod has seen two secrets of ${of.name}`, () =>
    restart(primary, primary.istio.namespace, `deployment/${istiodName(primary.istio)}`),
  );
  await breakage.edit(primary, primary.istio.namespace, `secret/istio-remote-secret-${of.name}`, (object) => {
    const { data } = object as { data: Record<string, string> };
    const kubeconfig = Buffer.from(data[of.name]!, 'base64').toString();
    return { ...object, data: { ...data, [of.name]: Buffer.from(change(kubeconfig)).toString('base64') } };
  });
}

/** The CA of a cluster's API server, as it stands in a kubeconfig. */
export async function authorityOf(cluster: ClusterHandle): Promise<string> {
  const map = ['-n', 'kube-system', 'get', 'configmap', 'kube-root-ca.crt', '-o', 'jsonpath={.data.ca\\.crt}'];
  return Buffer.from(await kubectl(cluster, map)).toString('base64');
}

/** What makes a kubeconfig lead to another cluster: its address, its CA, and a token that is valid there for an hour. */
export async function leadingTo(cluster: ClusterHandle): Promise<(kubeconfig: string) => string> {
  const ask = ['-n', cluster.istio.namespace, 'create', 'token', 'istio-reader-service-account'];
  const token = (await kubectl(cluster, ask)).trim();
  rememberSecrets(secretsOfText(token, `token of ${cluster.name}`));
  const authority = await authorityOf(cluster);
  return (kubeconfig) =>
    kubeconfig
      .replace(/server: \S+/, `server: ${cluster.apiServer}`)
      .replace(/certificate-authority-data: \S+/, `certificate-authority-data: ${authority}`)
      .replace(/token: \S+/, `token: ${token}`);
}
