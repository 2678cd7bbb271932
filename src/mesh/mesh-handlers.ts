import { connectRemote, injectionSettled, installIstio } from '../installer/istioctl/istioctl-install.js';
import { inventory } from '../kube/inventory.js';
import type { LiveCluster, LiveClusters } from '../provider/cluster-source.js';
import { eastWestAddress, watchedBy } from '../topology/mesh-layout.js';
import { eastWestGateway, istioNamespace } from '../topology/mesh-names.js';
import type { MeshStepKind, Plan, PlanStep } from '../topology/plan-types.js';
import { expose, prepareNamespace } from './configure-mesh.js';
import { deployWorkloads, injectionWorks } from './deploy-workloads.js';
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

/** How a mesh is to be built. */
export interface BuildOptions {
  istioctl: string;
  /** Installs over a mesh that meshproof did not install. */
  replaceMesh: boolean;
  /** Keeps what is in the clusters before the mesh, for a comparison after its removal. */
  removable: boolean;
}

/** What does the steps about the mesh. */
export function meshHandlers(
  plan: Plan,
  live: LiveClusters,
  { istioctl, replaceMesh, removable }: BuildOptions,
): Record<MeshStepKind, (step: PlanStep) => Promise<StepResult | void>> {
  const at = ({ cluster }: PlanStep): LiveCluster => live.get(cluster!)!;
  /** Installations whose injection works already. */
  const installing = new Map<string, Promise<void>>();
  const install = ({ handle, plan: own, watch }: LiveCluster, part: 'base' | 'gateway', primaryAddress?: string) =>
    installIstio(handle, plan, own, istioctl, watch, part, primaryAddress);
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
      return { cluster: withAddress(cluster, await existingGateway(plan, cluster)) };
    },
    'certificates and namespace': async (step) => {
      const { handle, plan: own } = at(step);
      const { root: authority, createIntermediate } = await root();
      await prepareNamespace(handle, plan, own, await createIntermediate(authority, own.name));
    },
    istiod: async (step) => {
      const cluster = at(step);
      const installed = install(cluster, 'base');
      installed.catch(() => {});
      installing.set(cluster.plan.name, installed);
      await Promise.race([cluster.watch.deployment(istioNamespace, 'istiod', 180), installed]);
      await Promise.race([injectionSettled(cluster.handle), installed]);
      await injectionWorks(cluster.handle, plan);
    },
    installation: async ({ cluster }) => installing.get(cluster!),
    'exposed istiod': async (step) => expose(at(step).handle, plan, 'istiod', exposeIstiod(plan)),
    'remote profile': async (step) => {
      const cluster = at(step);
      const primary = live.get(cluster.plan.primary!);
      const planned = eastWestAddress(plan.clusters.find(({ name }) => name === cluster.plan.primary)!);
      await install(cluster, 'base', primary?.handle.eastWestAddress ?? planned);
    },
    'remote secret': async (step) => {
      const { handle, plan: own } = at(step);
      const readers = [...live.values()].filter(({ plan: reader }) =>
        watchedBy(plan, reader).some(({ name }) => name === own.name),
      );
      const targets = readers.map((reader) => reader.handle);
      await connectRemote(handle, targets, plan, istioctl);
    },
    injection: async (step) => injectionWorks(at(step).handle, plan),
    'exposed services': async (step) => expose(at(step).handle, plan, 'services', [exposeServices(plan)]),
    'east-west gateway': async (step) => install(at(step), 'gateway'),
    'gateway address': async (step) => {
      const cluster = at(step);
      const address = await cluster.watch.loadBalancerAddress(istioNamespace, eastWestGateway, 120);
      return { cluster: withAddress(cluster, address) };
    },
    'helloworld and sleep': async (step) => {
      const { handle, plan: own, watch } = at(step);
      await deployWorkloads(handle, plan, own, watch);
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
