import pRetry from 'p-retry';
import { stringify } from 'yaml';
import { currentSignal } from '../../kernel/cancellation.js';
import { run } from '../../kernel/run-program.js';
import { rememberSecrets } from '../../kernel/secrets/known-secrets.js';
import { secretsOfText } from '../../kernel/secrets/secret-words.js';
import type { ClusterWatch } from '../../kube/cluster-watch.js';
import { kubectl, type Target } from '../../kube/kubectl.js';
import { applyPatiently, outlast } from '../../kube/outage.js';
import { labelled } from '../../kube/yaml-documents.js';
import { keepManifest } from '../../run/keep-manifest.js';
import { ownerLabels } from '../../run/object-labels.js';
import { istioNamespace } from '../../topology/mesh-names.js';
import type { ClusterPlan, Plan } from '../../topology/plan-types.js';
import { istioOperator } from './istio-operator.js';

/**
 * `istioctl install` of the cluster's IstioOperator, which stays in the run's folder as evidence. Ends early, with the
 * pod's own reason, when a pod of the mesh cannot become ready.
 */
export async function installIstio(
  target: Target,
  plan: Plan,
  cluster: ClusterPlan,
  istioctl: string,
  watch: ClusterWatch,
  part: 'base' | 'gateway',
  primaryAddress?: string,
): Promise<void> {
  const operator = stringify(istioOperator(plan, cluster, part, primaryAddress));
  const file = keepManifest(plan, cluster.name, `istio-${part}`, operator);
  const stop = new AbortController();
  let installed = false;
  const args = ['--kubeconfig', target.kubeconfig, 'install', '-y', '-f', file, '--readiness-timeout', '180s'];
  const once = (): Promise<string> => run(istioctl, args, { cluster: cluster.name, timeout: 240, signal: stop.signal });
  const install = outlast(target, once).finally(() => (installed = true));
  const trouble = watch.until(istioNamespace, 'istioctl install', 240, () => (installed ? undefined : 'has not ended'));
  try {
    await Promise.all([install, trouble]);
  } finally {
    stop.abort();
    await install.catch(() => {});
  }
}

/** Lets the primary read the cluster's API server: its credentials, made by istioctl, as a Secret in the primary. */
export async function connectRemote(
  from: Target & { apiServer: string },
  into: readonly Target[],
  plan: Plan,
  istioctl: string,
): Promise<void> {
  const args = [
    '--kubeconfig',
    from.kubeconfig,
    'create-remote-secret',
    '--name',
    from.name,
    '--server',
    from.apiServer,
  ];
  const secret = await outlast(from, () => run(istioctl, args, { cluster: from.name }));
  for (const [, token] of secret.matchAll(/token: (\S+)/g))
    rememberSecrets(secretsOfText(token!, `remote secret of ${from.name}`));
  const text = labelled(secret, ownerLabels(plan));
  await Promise.all(into.map((target) => applyPatiently(target, text)));
}

/**
 * Ends when istioctl has handed injection over from `istio-sidecar-injector`, which it switches off, to the webhook that
 * it makes last: a pod that is created between the two would get no sidecar.
 */
export async function injectionSettled(target: Target): Promise<void> {
  const webhook = ['get', 'mutatingwebhookconfiguration', 'istio-revision-tag-default'];
  await pRetry(() => kubectl(target, webhook), { retries: 240, factor: 1, minTimeout: 250, signal: currentSignal() });
}
