import type { Target } from '../kube/kubectl.js';

/** One cluster of a mesh that is up: all that any process needs to talk to it. */
export interface ClusterHandle extends Target {
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
