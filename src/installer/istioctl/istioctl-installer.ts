import type { V1ObjectMeta } from '@kubernetes/client-node';
import pRetry from 'p-retry';
import { currentSignal } from '../../kernel/cancellation.js';
import { run } from '../../kernel/run-program.js';
import { read } from '../../kube/api.js';
import { kubectl, type Target } from '../../kube/kubectl.js';
import { outlast } from '../../kube/outage.js';
import { yamlText } from '../../kube/yaml-documents.js';
import { keepManifest } from '../../run/keep-manifest.js';
import { istioctlOf } from '../../supply/program-paths.js';
import { defaultRevision, istiodName } from '../../topology/istio-names.js';
import { controlPlanesIn } from '../../topology/mesh-layout.js';
import type { ControlPlane, Plan } from '../../topology/plan-types.js';
import { injectionWorks } from '../injection-works.js';
import type { InstallContext, Installer, Rendered } from '../installer.js';
import { istioOperator } from './istio-operator.js';
import { componentLabel, operatorName, owningResourceLabel } from './operator-labels.js';

/** `istioctl install` of an IstioOperator: control plane and east-west gateway of a primary in one. */
export const istioctlInstaller: Installer = {
  name: 'istioctl',
  gatewayWithIstiod: true,
  // an istioctl of every version is needed in any case: it asks the mesh
  needs: () => ({ programs: [] }),
  render: (plan, what, primaryAddress) => [rendered(plan, what, 'base', primaryAddress)],
  renderGateway: (plan, what) => [rendered(plan, what, 'gateway')],
  async begin(context, what, primaryAddress) {
    const installed = install(context, what, this.render(context.plan, what, primaryAddress)[0]!);
    if (what.servedBy) {
      await installed;
      await asDefault(context, what);
      return { rest: Promise.resolve() };
    }
    installed.catch(() => {});
    const { handle, watch } = context.cluster;
    await Promise.race([watch.deployment(what.namespace, istiodName(what), 180), installed]);
    if (isFirst(context.plan, what)) await Promise.race([injectionSettled(handle), installed]);
    const labels = { 'istio.io/rev': what.revision };
    await injectionWorks(handle, { namespace: what.namespace, labels, image: context.plan.images.sleep });
    return { rest: installed.then(() => asDefault(context, what)) };
  },
  gateway(context, what) {
    return install(context, what, this.renderGateway(context.plan, what)[0]!);
  },
  // Istio's types and the account by which primaries read the cluster are of the part Base, which its control planes share
  owns: ({ runId }, { revision }, { labels }) =>
    labels?.[owningResourceLabel] === operatorName(runId, 'base', revision) && labels[componentLabel] === 'Pilot',
};

/** The webhooks of the control plane that a cluster's `istio-injection: enabled` means. */
const defaultTag = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/istio-revision-tag-default';

/**
 * Makes the first control plane of a cluster its default. istioctl does so by itself where the revision is called default, and
 * where none was installed before.
 */
async function asDefault({ plan, cluster: { handle }, programs }: InstallContext, what: ControlPlane): Promise<void> {
  if (what.revision === defaultRevision || !isFirst(plan, what)) return;
  const tag = await read<{ metadata: V1ObjectMeta }>(handle, defaultTag);
  if (tag?.metadata.labels?.['istio.io/rev'] === what.revision) return;
  const args = ['tag', 'set', 'default', '--revision', what.revision, '--overwrite', '-y', '-i', what.namespace];
  const program = istioctlOf(programs, what.version);
  await outlast(handle, () => run(program, ['--kubeconfig', handle.kubeconfig, ...args], { cluster: handle.name }));
}

function rendered(plan: Plan, what: ControlPlane, part: 'base' | 'gateway', primaryAddress?: string): Rendered {
  const name = ['istio', part, ...(isFirst(plan, what) ? [] : [what.revision])].join('-');
  return { name, text: yamlText(istioOperator(plan, what, part, primaryAddress)) };
}

function isFirst(plan: Plan, { id, cluster }: ControlPlane): boolean {
  return controlPlanesIn(plan, cluster)[0]!.id === id;
}

/**
 * Gives the cluster an IstioOperator, which stays in the run's folder as evidence. Ends early, with the pod's own reason, when a
 * pod of the mesh cannot become ready.
 */
async function install(
  { plan, cluster, programs }: InstallContext,
  what: ControlPlane,
  given: Rendered,
): Promise<void> {
  const { handle, watch } = cluster;
  const file = keepManifest(plan, handle.name, given.name, given.text);
  const stop = new AbortController();
  let installed = false;
  const args = ['--kubeconfig', handle.kubeconfig, 'install', '-y', '-f', file, '--readiness-timeout', '180s'];
  const program = istioctlOf(programs, what.version);
  const options = { cluster: handle.name, timeout: 240, signal: stop.signal };
  const installing = outlast(handle, () => run(program, args, options)).finally(() => (installed = true));
  const trouble = watch.until(what.namespace, 'istioctl install', 240, () => (installed ? undefined : 'has not ended'));
  try {
    await Promise.all([installing, trouble]);
  } finally {
    stop.abort();
    await installing.catch(() => {});
  }
}

/**
 * Ends when istioctl has handed injection over from `istio-sidecar-injector`, which it switches off, to the webhook that
 * it makes last: a pod that is created between the two would get no sidecar.
 */
async function injectionSettled(target: Target): Promise<void> {
  const webhook = ['get', 'mutatingwebhookconfiguration', 'istio-revision-tag-default'];
  await pRetry(() => kubectl(target, webhook), { retries: 240, factor: 1, minTimeout: 250, signal: currentSignal() });
}
