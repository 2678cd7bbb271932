import type { ClusterHandle } from '../provider/cluster-handle.js';
import { restart, type Breakage } from './breakage.js';
import { istiodName } from '../topology/istio-names.js';

/**
 * Changes the kubeconfig by which the istiod of a primary reads another cluster. Istio 1.31 keeps what it knows of a cluster while
 * a changed secret does not sync, and is then confused about which of the two counts ("was already replaced, skipping delete"):
 * when the secret is as it was, istiod is restarted.
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
