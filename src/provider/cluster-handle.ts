import type { Plan } from '../topology/types.js';

/** One cluster of a mesh that is up: all that any process needs to talk to it. */
export interface ClusterHandle {
  name: string;
  /** Path of a kubeconfig of this run's own that holds this one cluster as its current context. */
  kubeconfig: string;
  network: string;
  role: 'primary' | 'remote';
  primary?: string;
  region: string;
  zone: string;
  /** https://address:port, reachable from this machine and from the other clusters. */
  apiServer: string;
  /** Node containers (kind) or nodes; `address` is the internal IP. */
  nodes: { name: string; address: string }[];
  /** Versions of helloworld deployed here. */
  helloworld: string[];
  /** Address of the east-west gateway, where the cluster has one. */
  eastWestAddress?: string;
}

/** One timed piece of work. Milliseconds; `start` counts from the run's start. */
export interface Timing {
  step: string;
  cluster?: string;
  start: number;
  duration: number;
}

/** The state file: a plan that is up, or on its way. Readable by its owner's processes: Istio's settings may hold a token. */
export interface MeshState {
  version: 1;
  runId: string;
  /** `installing` begins with the first change to a cluster; before it, there is no mesh of ours to remove. */
  phase: 'creating' | 'installing' | 'up' | 'removing' | 'removed';
  createdAt: string;
  plan: Plan;
  /** By cluster: types of Istio and namespaces that were there before the mesh and that no run of meshproof made. */
  before?: Record<string, string[]>;
  clusters: ClusterHandle[];
  timings: Timing[];
}
