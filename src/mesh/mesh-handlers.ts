import type { InstallContext } from '../installer/installer.js';
import { installerOf } from '../installer/installers.js';
import { inventory } from '../kube/inventory.js';
import type { LiveCluster, LiveClusters } from '../provider/cluster-source.js';
import { istioctlOf, type Programs } from '../supply/program-paths.js';
import { eastWestAddress, ownPlane, servingPlane, watchedBy } from '../topology/mesh-layout.js';
import { eastWestGateway } from '../topology/mesh-names.js';
import type { ControlPlane, MeshStepKind, Plan, PlanStep } from '../topology/plan-types.js';
import { expose, prepareNamespace } from './configure-mesh.js';
import { connectRemote } from './connect-remote.js';
import { deployWorkloads, sampleNamespaceWorks } from './deploy-workloads.js';
import { existingGateway, foreignObjects, refuseForeignMesh } from './existing-mesh.js';
import { exposeIstiod, exposeServices } from './exposure.js';

/** What a step has brought. */
export interface StepResult {
  /** A cluster that came to be known, or of which more is known. */
  cluster?: LiveCluster;
  /** What was in the cluster before the mesh and stays when it goes. */
  foreign?: string[];
  /** Every object of the cluster before the mesh. */
  inventory?: Set<string>;
}

/** How to build a mesh. */
export interface BuildOptions {
  programs: Programs;
  /** Installs over a mesh that meshproof did not install. */
  replaceMesh: boolean;
  /** Keeps what is in the clusters before the mesh, for a comparison after its removal. */
  removable: boolean;
}

/** What does the steps about the mesh. */
export function meshHandlers(
  plan: Plan,
  live: LiveClusters,
  { programs, replaceMesh, removable }: BuildOptions,
): Record<MeshStepKind, (step: PlanStep) => Promise<StepResult | void>> {
  const at = ({ cluster }: PlanStep): LiveCluster => live.get(cluster!)!;
  /** Installations whose injection works already. */
  const installing = new Map<string, Promise<void>>();
  const context = (step: PlanStep): InstallContext => ({ plan, cluster: at(step), programs });
  const planeOf = ({ controlPlane }: PlanStep): ControlPlane =>
    plan.controlPlanes.find(({ id }) => id === controlPlane)!;
  const root = memo(async () => {
    // costs a third of a second to load, which nobody who only asks should wait for
    const certificates = await import('./certificates.js');
    return { ...certificates, root: await certificates.createRoot() };
  });
  return {
    inventory: async (step) => {
      const { handle } = at(step);
      const existing = plan.provider === 'existing';
      if (existing && !replaceMesh) await refuseForeignMesh(plan, handle);
      return {
        ...(existing && { foreign: await foreignObjects(handle) }),
        ...(removable && { inventory: await inventory(handle) }),
      };
    },
    'existing mesh': async (step) => {
      const cluster = at(step);
      return { cluster: withAddress(cluster, await existingGateway(plan, cluster.handle)) };
    },
    'certificates and namespace': async (step) => {
      const { handle } = at(step);
      const { root: authority, createIntermediate } = await root();
      const { namespace } = handle.istio;
      await prepareNamespace(handle, plan, await createIntermediate(authority, handle.name, { namespace }));
    },
    istiod: async (step) => {
      const what = planeOf(step);
      const { rest } = await installerOf(what).begin(context(step), what);
      rest.catch(() => {});
      installing.set(what.id, rest);
    },
    installation: async ({ controlPlane }) => installing.get(controlPlane!),
    'exposed istiod': async (step) => {
      const { handle } = at(step);
      await expose(handle, plan, 'istiod', exposeIstiod(plan, [servingPlane(plan, handle.name)]));
    },
    'remote profile': async (step) => {
      const cluster = at(step);
      const name = cluster.handle.primary!;
      const planned = eastWestAddress(plan.clusters.find((one) => one.name === name)!);
      const what = planeOf(step);
      const address = live.get(name)?.handle.eastWestAddress ?? planned;
      await (
        await installerOf(what).begin(context(step), what, address)
      ).rest;
    },
    'remote secret': async (step) => {
      const { handle } = at(step);
      const readers = [...live.values()]
        .map((one) => one.handle)
        .filter((reader) => watchedBy(plan, reader).some(({ name }) => name === handle.name));
      await connectRemote(handle, readers, plan, istioctlOf(programs, ownPlane(plan, handle.name).version));
    },
    injection: async (step) => {
      await sampleNamespaceWorks(at(step).handle, plan);
    },
    'exposed services': async (step) => {
      const { handle } = at(step);
      await expose(handle, plan, 'services', [exposeServices(plan, ownPlane(plan, handle.name))]);
    },
    'east-west gateway': async (step) => {
      const what = planeOf(step);
      await installerOf(what).gateway(context(step), what);
    },
    'gateway address': async (step) => {
      const cluster = at(step);
      const address = await cluster.watch.loadBalancerAddress(cluster.handle.istio.namespace, eastWestGateway, 120);
      return { cluster: withAddress(cluster, address) };
    },
    'helloworld and sleep': async (step) => {
      const { handle, watch } = at(step);
      await deployWorkloads(handle, plan, watch);
    },
  };
}

function withAddress(cluster: LiveCluster, eastWestAddress: string | undefined): LiveCluster {
  return { ...cluster, handle: { ...cluster.handle, eastWestAddress } };
}

/** Does the work when it is asked for the first time. */
function memo<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => (done ??= work());
}
