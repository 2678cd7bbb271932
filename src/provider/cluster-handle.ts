import type { Target } from '../kube/kubectl.js';
import type { ClusterPlan } from '../topology/plan-types.js';

/** How a cluster is reached: what no plan can know. The state file has one for each cluster. */
export interface ClusterAccess extends Target {
  /** https://address:port, reachable from this machine and from the other clusters. */
  apiServer: string;
  /** Node containers (kind) or nodes; `address` is the internal IP. */
  nodes: { name: string; address: string }[];
  /**
   * By which options a person reaches it, where `kubeconfig` is a copy that is gone when the command ends: `--context east`.
   */
  reachBy?: string;
  /** Address of the east-west gateway, where the cluster has one. */
  eastWestAddress?: string;
  /** Its Service, where it is not the one that meshproof makes: namespace, name, labels of its pods. */
  gateway?: { namespace: string; name: string; labels: Readonly<Record<string, string>> };
}

/** One cluster of a mesh that is up: the plan's cluster, and how it is reached. All that any process needs to talk to it. */
export type ClusterHandle = ClusterPlan & ClusterAccess;

/** What of a handle is not the plan's. */
export function accessOf({ name, kubeconfig, apiServer, nodes, eastWestAddress }: ClusterAccess): ClusterAccess {
  return { name, kubeconfig, apiServer, nodes, eastWestAddress };
}
