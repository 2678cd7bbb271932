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
