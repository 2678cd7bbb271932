import type { Environment, ImageRole, ProgramName } from './environment-types.js';
import type { IstioNames } from './istio-names.js';
import type { IstioSettings, ProviderName, Topology, TopologyCluster } from './topology-types.js';

/** Where Istio's charts of one version come from. */
export interface ChartSource {
  /** A folder, `oci://...`, an HTTP repository, or a release archive of Istio. */
  from: string;
  version: string;
  /** Of an archive: 64 hex digits, or the address of a checksum file. */
  sha256?: string;
}

/** What an installation needs beside images. */
export interface Needs {
  programs: ProgramName[];
  charts?: ChartSource;
}

/** One istiod installation; in a remote, what leads to the istiod of its primary. */
export interface ControlPlane extends IstioSettings, IstioNames {
  /** `cluster1/default` */
  id: string;
  cluster: string;
  /** Of a remote: id of the control plane that serves the cluster. */
  servedBy?: string;
  hub: string;
  tag: string;
  /** Istio's own images of its version. */
  images: Record<'istio-pilot' | 'istio-proxyv2' | 'istio-cni', string>;
  needs: Needs;
}

/** The control plane that proxies have been started by, and its version then. */
export interface Followed {
  /** Id of the control plane that configures them. */
  controlPlane: string;
  version: string;
  /** Of their image; what they report is this without the name of an image variant. */
  tag: string;
}

/** Proxies that an upgrade has not come to yet; what is missing follows the cluster's `controlPlane` as it is. */
export interface Behind {
  gateway?: Followed;
  workloads?: Followed;
}

export interface ClusterPlan extends Omit<TopologyCluster, 'istio'> {
  /** kind's name of it, unique per run: meshproof-<run id>-<name>; for `existing` the context. */
  kindName: string;
  /** First and last address that MetalLB may give out; both empty for `existing`, whose load balancer is its own. */
  loadBalancerRange: { first: string; last: string };
  /** Id of the control plane that its proxies are configured by: one of its own, or of its primary. */
  controlPlane: string;
  /** By what names that control plane is known in this cluster. */
  istio: IstioNames;
  /** The revision or tag that its namespaces and gateways name. */
  dataPlane: string;
  /** Only in the middle of an upgrade. */
  behind?: Behind;
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
  'node image' | 'Docker network' | 'kind cluster' | 'service routing' | 'MetalLB' | 'routes' | 'attach' | 'lease';

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
  /** Id of the control plane that it is about. */
  controlPlane?: string;
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
  /** As the whole topology asks for it; what is installed is in `controlPlanes`. */
  istio: Topology['istio'] & { hub: string; tag: string };
  /** Every control plane, those of one cluster in the order of their installation. */
  controlPlanes: ControlPlane[];
  /** Control planes that an upgrade is to bring: their images, programs and charts are made ready with the rest. */
  coming?: ControlPlane[];
  /** Every image of this plan with `{istio}` and the registry override filled in; Istio's own of the version in `istio`, that of istio-cni where it is used. */
  images: Record<Exclude<ImageRole, 'istio-cni' | 'load'>, string> & Partial<Record<'istio-cni' | 'load', string>>;
  clusters: ClusterPlan[];
  /** In an order in which they could be done one after the other. */
  steps: PlanStep[];
}
