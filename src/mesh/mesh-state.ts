import type { ClusterHandle } from '../provider/cluster-handle.js';
import type { Timing } from '../record/result.js';
import type { Plan } from '../topology/plan-types.js';

/** The state file: a plan that is up, or on its way. Readable by its owner's processes: Istio's settings may hold a token. */
export interface MeshState {
  version: 2;
  runId: string;
  /** `installing` begins with the first change to a cluster; before it, the run has no mesh to remove. */
  phase: 'creating' | 'installing' | 'up' | 'removing' | 'removed';
  createdAt: string;
  plan: Plan;
  /** By cluster: types of Istio and namespaces that were there before the mesh and that no run of meshproof made. */
  before?: Record<string, string[]>;
  clusters: ClusterHandle[];
  timings: Timing[];
}
