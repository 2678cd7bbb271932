import type { Environment, ImageRole } from './environment-types.js';
import type { ProviderName, Topology, TopologyCluster } from './topology-types.js';

export interface ClusterPlan extends TopologyCluster {
  /** kind's name of it, unique per run: meshproof-<run id>-<name>; for `existing` the context. */
  kindName: string;
  /** First and last address that MetalLB may give out; both empty for `existing`, whose load balancer is its own. */
  loadBalancerRange: { first: string; last: string };
}

/**
 * What a topology has; suites ask for these and never for a topology's name.
 * `flat`: some network holds two or more clusters. `multi-network`: there are two or more networks. `mixed` has both.
 * `registry-only` and `strict-mtls` are the mesh's own settings; of an existing mesh they are read from it.
 */
export interface Features {
  clusters: number;
  networks: number;
  regions: number;
  primaries: number;
  remotes: number;
  flat: boolean;
  'multi-network': boolean;
  'multi-primary': boolean;
  'primary-remote': boolean;
  /** Proxies refuse calls to hosts that are not registered. */
  'registry-only': boolean;
  /** Workloads refuse plain text, unless a narrower policy says otherwise. */
  'strict-mtls': boolean;
}

/** Steps that make clusters, or find them. */
export type ClusterStepKind =
  | 'node image'
  | 'Docker network'
  | 'kind cluster'
  | 'service routing'
  | 'MetalLB'
  | 'routes'
  | 'attach'
  | 'lease';

/** Steps that put a mesh on clusters. */
export type MeshStepKind =
  | 'inventory'
  | 'existing mesh'
  | 'certificates and namespace'
  | 'istiod'
  | 'installation'
  | 'exposed istiod'
  | 'remote profile'
  | 'remote secret'
  | 'injection'
  | 'exposed services'
  | 'east-west gateway'
  | 'gateway address'
  | 'helloworld and sleep';

/** A step by which a mesh is made. The steps of a plan are a graph; that very graph is executed. */
export interface PlanStep {
  /** `istiod/cluster1` */
  id: string;
  /** Decides what does it; progress and timings call it so. */
  kind: ClusterStepKind | MeshStepKind;
  cluster?: string;
  /** What it does, for a person. */
  title: string;
  /** Ids of the steps that must have ended before it begins. */
  after: string[];
}

export interface Plan {
  version: 1;
  runId: string;
  topology: string;
  /** Absolute path, so that it means the same in every folder; in a plan of an older meshproof as the user gave it. */
  topologyFile: string;
  /** SHA-256 of that file when it was read, in hex; missing in a plan of an older meshproof. */
  topologySha256?: string;
  description: string;
  provider: ProviderName;
  attach: boolean;
  kubeconfig?: string;
  external?: Topology['external'];
  environment: Environment;
  features: Features;
  /** All three empty for `existing`: nothing is made in Docker. */
  docker: { network: string; subnet: string; /** the part that node containers get */ nodeRange: string };
  istio: Topology['istio'] & { hub: string; tag: string };
  /** Every image of this plan with `{istio}` and the registry override filled in. */
  images: Record<ImageRole, string>;
  clusters: ClusterPlan[];
  /** In an order in which they could be done one after the other. */
  steps: PlanStep[];
}
