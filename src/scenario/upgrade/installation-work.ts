import type { InstallContext } from '../../installer/installer.js';
import { installerOf } from '../../installer/installers.js';
import { rolledOut } from '../../installer/rolled-out.js';
import { removeControlPlane } from '../../installer/remove-control-plane.js';
import { converge, ConvergenceError } from '../../kernel/converge.js';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { read } from '../../kube/api.js';
import { ClusterWatch } from '../../kube/cluster-watch.js';
import { expose } from '../../mesh/configure-mesh.js';
import { exposeIstiod } from '../../mesh/exposure.js';
import { proxyStatus, remoteClusters, type ProxyState } from '../../probe/control-plane.js';
import type { Istioctl } from '../../probe/proxy.js';
import { istioctlOf } from '../../supply/program-paths.js';
import { istiodName } from '../../topology/istio-names.js';
import { controlPlanesIn, eastWestAddress, remotesOf } from '../../topology/mesh-layout.js';
import type { ControlPlane, Plan } from '../../topology/plan-types.js';
import { reach } from '../mesh-parts.js';
import type { ActContext } from '../scenario.js';

/** What installs and removes control planes in the middle of an upgrade, and waits until that has taken effect. */

/** Milliseconds for an istiod to read the other clusters: it waits 30 s for one that does not answer. */
const remoteClusterLimit = 60_000;
/** Milliseconds for the connections of pods that have ended to end as well. */
const leaveLimit = 30_000;

/** Does work on a cluster with a watch of it, which costs nothing between acts. */
export async function onCluster<T>(
  context: ActContext,
  plan: Plan,
  name: string,
  work: (install: InstallContext) => Promise<T>,
): Promise<T> {
  const handle = reach(context, name);
  const watch = new ClusterWatch(handle, (text) => context.mark(text));
  await watch.start();
  try {
    const cluster = { plan: plan.clusters.find((one) => one.name === name)!, handle, watch };
    return await work({ plan, cluster, programs: context.programs });
  } finally {
    await watch.stop();
  }
}

/** How the istiods of a control plane are asked: those of its primary, for a remote. */
export function asking({ programs }: Pick<ActContext, 'programs'>, plane: ControlPlane): Istioctl {
  return { program: istioctlOf(programs, plane.version), namespace: plane.namespace, revision: plane.revision };
}

/**
 * Installs a control plane, or another version of it, as it stands in `plan`. Ends when new pods get sidecars of it; of a primary,
 * when its istiod reads every other cluster, and remotes reach it.
 */
export async function install(context: ActContext, plan: Plan, id: string): Promise<void> {
  const plane = plan.controlPlanes.find((one) => one.id === id)!;
  const cluster = plan.clusters.find(({ name }) => name === plane.cluster)!;
  const primary = plan.clusters.find(({ name }) => name === cluster.primary);
  const address = primary && (reach(context, primary.name).eastWestAddress ?? eastWestAddress(primary));
  await onCluster(context, plan, plane.cluster, async (install) => {
    const { rest } = await installerOf(plane).begin(install, plane, address);
    await rest;
    // in the place of another version there is an istiod already
    if (!plane.servedBy) await rolledOut(install.cluster, plane.namespace, istiodName(plane));
  });
  context.mark(`istiod ${plane.version}, revision ${plane.revision}, is installed in ${plane.cluster}`);
  if (plane.servedBy) return;
  await exposeAll(context, plan, plane.cluster);
  await readsOthers(context, plan, plane);
}

/** Leads remotes to every istiod of a primary; does nothing where it has no remote. */
export async function exposeAll(context: ActContext, plan: Plan, name: string): Promise<void> {
  const cluster = plan.clusters.find((one) => one.name === name)!;
  if (remotesOf(plan, cluster).length === 0) return;
  await expose(reach(context, name), plan, 'istiod', exposeIstiod(plan, controlPlanesIn(plan, name)));
}

/** The remote secrets that are there hold for this istiod too. */
async function readsOthers(context: ActContext, plan: Plan, plane: ControlPlane): Promise<void> {
  const others = plan.clusters.filter(({ name }) => name !== plane.cluster).map(({ name }) => name);
  if (others.length === 0) return;
  await converge(
    (signal) => remoteClusters(reach(context, plane.cluster), asking(context, plane), signal),
    (found) => {
      const lacking = others.filter((name) => !found.some((one) => one.name === name && one.status === 'synced'));
      if (lacking.length === 0) return { ok: true };
      const got = found.map(({ name, status }) => `${name} ${status}`).join(', ') || 'none';
      return { ok: false, expected: `istiod ${plane.id} reads ${others.join(', ')}`, got };
    },
    { timeout: remoteClusterLimit, interval: 1000, signal: context.signal },
  );
}

/** Removes a control plane. Throws (exit 4) where proxies still follow it after a while; nothing is removed then. */
export async function removePlane(context: ActContext, plan: Plan, plane: ControlPlane): Promise<void> {
  if (!plane.servedBy && (await isInstalled(context, plane))) await followedByNone(context, plane);
  await onCluster(context, plan, plane.cluster, (install) => removeControlPlane(install, plane));
}

/** Pods that have just ended stay connected for a moment. */
async function followedByNone(context: ActContext, plane: ControlPlane): Promise<void> {
  const names = (proxies: readonly ProxyState[]) => proxies.map(({ cluster, id }) => `${cluster}: ${id}`).join(', ');
  await converge(
    (signal) => proxyStatus(reach(context, plane.cluster), asking(context, plane), signal),
    (left) =>
      left.length === 0 ? { ok: true } : { ok: false, expected: `no proxy that follows ${plane.id}`, got: names(left) },
    { timeout: leaveLimit, interval: 1000, signal: context.signal },
  ).catch((error: unknown) => {
    if (!(error instanceof ConvergenceError)) throw error;
    const left = error.last as ProxyState[];
    throw new MeshproofError(`${left.length} proxies still follow ${plane.id}`, exitCode.environment, {
      where: names(left),
      expected: 'no proxy that follows a control plane when it is removed',
      remedy: 'restart these workloads in a namespace that names another revision',
    });
  });
}

async function isInstalled(context: ActContext, plane: ControlPlane): Promise<boolean> {
  const path = `/apis/apps/v1/namespaces/${plane.namespace}/deployments/${istiodName(plane)}`;
  return (await read(reach(context, plane.cluster), path)) !== undefined;
}
