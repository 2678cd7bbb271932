import type { V1Deployment, V1Pod, V1StatefulSet } from '@kubernetes/client-node';
import { proxyOf } from '../../check/object-kinds.js';
import { installerOf } from '../../installer/installers.js';
import { injectionWorks } from '../../installer/injection-works.js';
import type { InstallContext } from '../../installer/installer.js';
import { converge } from '../../kernel/converge.js';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { change, read } from '../../kube/api.js';
import { podsOf, workloadPath } from '../../kube/pods.js';
import { proxyStatus } from '../../probe/control-plane.js';
import { injectionChange, reportedVersion } from '../../topology/istio-names.js';
import { configuring } from '../../topology/mesh-layout.js';
import { eastWestGateway } from '../../topology/mesh-names.js';
import type { ControlPlane, Plan } from '../../topology/plan-types.js';
import { reach } from '../mesh-parts.js';
import type { ActContext } from '../scenario.js';
import { asking, onCluster } from './installation-work.js';

/** What gives workloads and gateways other proxies, and waits until these are in step. */

/** Seconds for a workload to have its new pods; a gateway that starts on a busy machine takes 20 s. */
const rolloutLimit = 180;
/** Milliseconds for the old pods to end: a gateway drains for 30 s before it is killed. */
const endLimit = 90_000;
/** Milliseconds for a proxy that has just started to acknowledge what its istiod sent. */
const stepLimit = 90_000;

/** Which proxies workloads are to have. */
interface Wanted {
  /** In the cluster of the workloads; `servedBy` names the one that configures them. */
  plane: ControlPlane;
  /** Of the istiod that injects. */
  image: string;
}

function wantedOf(plan: Plan, plane: ControlPlane): Wanted {
  return { plane, image: configuring(plan, plane).images['istio-proxyv2'] };
}

/**
 * Lets a namespace name a revision or tag, and restarts its workloads one by one. Ends when all its proxies are of the control
 * plane's version and in step. What is as it should be already is left alone.
 */
export async function moveNamespace(
  context: ActContext,
  plan: Plan,
  plane: ControlPlane,
  { namespace, dataPlane }: { namespace: string; dataPlane: string },
): Promise<void> {
  const wanted = wantedOf(plan, plane);
  await onCluster(context, plan, plane.cluster, async (install) => {
    const { handle } = install.cluster;
    const path = `/api/v1/namespaces/${namespace}`;
    await change(handle, path, { metadata: { labels: injectionChange(dataPlane) } });
    context.mark(`namespace ${namespace} of ${handle.name} follows ${dataPlane}`);
    await injectionWorks(handle, { namespace, image: plan.images.sleep, proxyImage: wanted.image });
    for (const workload of await workloadsIn(install, namespace))
      await restartWhereBehind(context, install, namespace, workload, wanted);
  });
  await inStep(context, plan, plane, namespace);
}

/** Puts the east-west gateway of a control plane in the place of the one that is there, under the same Service. */
export async function moveGateway(context: ActContext, plan: Plan, plane: ControlPlane): Promise<void> {
  const wanted = wantedOf(plan, plane);
  const workload = `deployment/${eastWestGateway}`;
  await onCluster(context, plan, plane.cluster, async (install) => {
    const { handle } = install.cluster;
    const before = await podsOf(handle, plane.namespace, workload);
    await installerOf(plane).gateway(install, plane);
    context.mark(`${eastWestGateway} of ${handle.name} is installed for revision ${plane.revision}`);
    // an installer that found nothing to change has restarted nothing
    await restartWhereBehind(context, install, plane.namespace, workload, wanted);
    await ended(context, install, plane.namespace, workload, before, wanted);
  });
  await inStep(context, plan, plane, plane.namespace, 'istio=eastwestgateway');
}

/** Deployments and StatefulSets of a namespace: `deployment/sleep`. */
async function workloadsIn({ cluster: { handle } }: InstallContext, namespace: string): Promise<string[]> {
  const named = async (kind: string): Promise<string[]> => {
    const found = await read<{ items: (V1Deployment | V1StatefulSet)[] }>(
      handle,
      `/apis/apps/v1/namespaces/${namespace}/${kind}s`,
    );
    return (found?.items ?? []).map(({ metadata }) => `${kind}/${metadata!.name}`);
  };
  return [...(await named('deployment')), ...(await named('statefulset'))];
}

/** Restarts a workload of which some pod has another proxy; one without proxies is left alone. */
async function restartWhereBehind(
  context: ActContext,
  install: InstallContext,
  namespace: string,
  workload: string,
  wanted: Wanted,
): Promise<void> {
  const { handle, watch } = install.cluster;
  // one that is ending has its successor already
  const there = (await podsOf(handle, namespace, workload)).filter(({ metadata }) => !metadata!.deletionTimestamp);
  const behind = there.filter((pod) => proxyOf(pod) !== undefined && !follows(pod, wanted));
  if (behind.length === 0) return;
  const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() };
  const path = workloadPath(namespace, workload);
  await change(handle, path, { spec: { template: { metadata: { annotations } } } });
  context.mark(`${namespace}/${workload.split('/')[1]} of ${handle.name} restarts`);
  const { metadata } = (await read<V1Deployment>(handle, path))!;
  const [kind, name] = workload.split('/') as [string, string];
  const kinds = kind === 'statefulset' ? 'statefulsets' : 'deployments';
  await watch.rolledOut(kinds, namespace, name, rolloutLimit, metadata!.generation);
  await ended(context, install, namespace, workload, behind, wanted);
}

/** Waits until pods that had other proxies are gone. Throws (exit 4) where a new one has another proxy as well. */
async function ended(
  context: ActContext,
  { cluster: { handle } }: InstallContext,
  namespace: string,
  workload: string,
  before: readonly V1Pod[],
  wanted: Wanted,
): Promise<void> {
  const old = new Set(before.filter((pod) => !follows(pod, wanted)).map(({ metadata }) => metadata!.name!));
  const { value: pods } = await converge(
    () => podsOf(handle, namespace, workload),
    (found) => {
      const left = found.map(({ metadata }) => metadata!.name!).filter((name) => old.has(name));
      if (left.length === 0) return { ok: true };
      return { ok: false, expected: `the old pods of ${namespace}/${workload} have ended`, got: left.join(', ') };
    },
    { timeout: endLimit, interval: 250, backoff: 1.2, signal: context.signal },
  );
  const other = pods.find((pod) => !follows(pod, wanted));
  if (!other) return;
  throw new MeshproofError(`a new pod of ${workload} has the proxy ${proxyOf(other)?.image}`, exitCode.environment, {
    where: `${handle.name}/${namespace}/${other.metadata!.name}`,
    expected: `${wanted.image} of revision ${wanted.plane.revision}`,
    remedy: 'look at the webhooks: kubectl get mutatingwebhookconfigurations -l app=sidecar-injector -o yaml',
  });
}

function follows(pod: V1Pod, { plane, image }: Wanted): boolean {
  const { annotations, labels } = pod.metadata ?? {};
  // injection says it in an annotation, and Istio's charts of gateways in a label
  const revision = annotations?.['istio.io/rev'] ?? labels?.['istio.io/rev'];
  return proxyOf(pod)?.image === image && revision === plane.revision;
}

/** Waits until the istiod of a control plane says that every proxy of a namespace is of its version and has acknowledged everything. */
async function inStep(
  context: ActContext,
  plan: Plan,
  plane: ControlPlane,
  namespace: string,
  selector = '',
): Promise<void> {
  const serving = configuring(plan, plane);
  const version = reportedVersion(serving);
  const path = `/api/v1/namespaces/${namespace}/pods${selector && `?labelSelector=${encodeURIComponent(selector)}`}`;
  await converge(
    async (signal) => {
      const pods = await read<{ items: V1Pod[] }>(reach(context, plane.cluster), path, { signal });
      const states = await proxyStatus(reach(context, serving.cluster), asking(context, serving), signal);
      return (pods?.items ?? [])
        .filter((pod) => proxyOf(pod) !== undefined && pod.metadata?.deletionTimestamp === undefined)
        .map(({ metadata }) => {
          const id = `${metadata!.name}.${namespace}`;
          const state = states.find((one) => one.cluster === plane.cluster && one.id === id);
          if (!state) return `${id} is not connected`;
          if (state.version !== version) return `${id} is of version ${state.version}`;
          const late = Object.entries(state.xds).filter(([, is]) => is !== 'SYNCED' && is !== 'NOT_SENT');
          return late.length === 0 ? undefined : `${id}: ${late.map((one) => one.join(' ')).join(', ')}`;
        })
        .filter((text) => text !== undefined);
    },
    (wrong) =>
      wrong.length === 0
        ? { ok: true }
        : { ok: false, expected: `every proxy of ${namespace} in sync with ${serving.id}`, got: wrong.join('; ') },
    { timeout: stepLimit, interval: 1000, signal: context.signal },
  );
}
