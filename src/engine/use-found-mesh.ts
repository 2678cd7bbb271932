import { reachOptions } from '../check/aimed-remedy.js';
import type { LookOptions } from '../check/mesh-view.js';
import type { Called } from '../check/path/path-types.js';
import { cleanUp, thenAlways } from '../kernel/cancellation.js';
import { ConvergenceError } from '../kernel/converge.js';
import { endWorkAfter } from '../kernel/stop-reasons.js';
import { read } from '../kube/api.js';
import { findMesh, type FoundMesh } from '../mesh/found-mesh.js';
import type { MeshState } from '../mesh/mesh-state.js';
import { lentNamespacesGone } from '../mesh/remove-mesh.js';
import { lentSelector } from '../run/object-labels.js';
import { newRunId } from '../run/run-folders.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import type { SeenMesh } from '../scenario/compare-findings.js';
import type { Environment } from '../topology/environment-types.js';
import type { Plan } from '../topology/plan-types.js';
import { readChosen } from './choose-environment.js';
import { chosenServices, namespacesOf } from './chosen-services.js';
import type { EnvironmentOptions } from './engine-options.js';
import type { Progress } from './progress.js';

/** Milliseconds for a namespace to be gone: a cloud takes minutes to give back a load balancer. */
const goneWithin = 300_000;

/** Contexts of a kubeconfig, of all clusters of a mesh. */
export interface MeshByContexts {
  contexts: readonly string[];
  kubeconfig?: string;
}

/** A mesh that is worked on without a run. */
export interface UsedMesh {
  /** Its id is that of the report, and labels what is made. */
  state: MeshState;
  look: LookOptions;
  /** Reads the mesh as it is now. */
  seen(): Promise<SeenMesh>;
  notes: string[];
}

/**
 * Works on a mesh that is known by its clusters alone. No run, lease or state folder is needed. What the work makes carries the
 * labels of everything of ours, under a new id. Waits at the end until it is gone, also after an interrupt. Throws (exit 3)
 * where a context cannot be used or none of the clusters runs an istiod.
 */
export async function onFoundMesh<T>(
  { contexts, kubeconfig }: MeshByContexts,
  {
    maxTime,
    asked,
    environment: options,
  }: { maxTime?: number; asked: readonly Called[]; environment: EnvironmentOptions },
  progress: Progress,
  work: (mesh: UsedMesh) => Promise<T>,
): Promise<T> {
  // the lab's images are on the lab's own nodes alone
  const environment = await readChosen(options.environment ?? 'public', options);
  const stopClock = endWorkAfter(maxTime);
  const copies: FoundMesh[] = [];
  const find = async (namespaces: readonly string[]): Promise<FoundMesh> => {
    const mesh = await findMesh(contexts, namespaces, kubeconfig);
    copies.push(mesh);
    return mesh;
  };
  try {
    const found = await progress.step('mesh of the contexts', {}, () => find(namespacesOf(asked)));
    const { called, notes } = chosenServices(found, asked, '--path');
    const state = await withEnvironment(found.state, environment);
    const { clusters } = state;
    const selector = lentSelector(state.runId);
    const removal = (cluster: ClusterHandle): string =>
      `kubectl ${reachOptions(cluster)} delete namespaces -l ${selector}`;
    for (const cluster of clusters) progress.note(`if meshproof is killed, remove its load: ${removal(cluster)}`);
    const namespaces = namespacesOf(called);
    const seen = async (): Promise<SeenMesh> => {
      const now = await find(namespaces);
      return { mesh: now.state, look: { namespaces, clients: now.clients } };
    };
    return await thenAlways(
      () => work({ state, notes, seen, look: { namespaces, clients: found.clients } }),
      () =>
        progress.step('load is gone', {}, () =>
          cleanUp(() => lentNamespacesGone(clusters, { lent: selector, within: goneWithin })).catch(
            (error: unknown) => {
              if (!(error instanceof ConvergenceError)) throw error;
              for (const cluster of clusters)
                progress.note(`the load is still being removed; see: ${removal(cluster)}`);
            },
          ),
        ),
    );
  } finally {
    stopClock();
    for (const { close } of copies) close();
  }
}

/** A state whose plan says what the load and the report need: an id, the image of the load, and which Kubernetes it is. */
async function withEnvironment(state: MeshState, environment: Environment): Promise<MeshState> {
  const runId = newRunId();
  const version = await read<{ gitVersion?: string }>(state.clusters[0]!, '/version').catch(() => undefined);
  const { load } = environment.images;
  const plan = {
    ...state.plan,
    runId,
    // of the environment only the image is used: what it says of Istio and of nodes is not this mesh
    environment: {
      ...environment,
      kubernetes: version?.gitVersion?.replace(/^v/, '') ?? 'unknown',
      notes: [],
      values: {},
    },
    images: load === undefined ? {} : { load },
  } as unknown as Plan;
  return { ...state, runId, plan, createdAt: new Date().toISOString() };
}
