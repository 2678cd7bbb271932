import type { Target } from '../kube/kubectl.js';
import { ownPlane } from '../topology/mesh-layout.js';
import type { ClusterPlan, Plan } from '../topology/plan-types.js';
import type { IstioNames } from '../topology/istio-names.js';

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
  /** The control plane that its proxies follow, by its names in the cluster, and the revision or tag that its namespaces say. */
  istio: IstioNames & { dataPlane: string };
  /** Address of the east-west gateway, where the cluster has one. */
  eastWestAddress?: string;
}

/** What a handle takes from a plan: all that is not of the cluster itself. */
export type PlannedHandle = Pick<
  ClusterHandle,
  'name' | 'network' | 'role' | 'primary' | 'region' | 'zone' | 'helloworld' | 'istio'
>;

export function plannedHandle(plan: Pick<Plan, 'controlPlanes' | 'clusters'>, cluster: ClusterPlan): PlannedHandle {
  const { name, network, role, primary, region, zone, helloworld, dataPlane } = cluster;
  const { namespace, revision } = ownPlane(plan, name);
  return { name, network, role, primary, region, zone, helloworld, istio: { namespace, revision, dataPlane } };
}
