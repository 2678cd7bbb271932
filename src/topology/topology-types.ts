export type Role = 'primary' | 'remote';
export type ProviderName = 'kind' | 'existing';
export type InstallerName = 'istioctl';

/** One cluster as the topology file has it, defaults applied. */
export interface TopologyCluster {
  name: string;
  network: string;
  role: Role;
  /** The primary that serves this remote; only and always there for `role: remote`. */
  primary?: string;
  region: string;
  zone: string;
  /** CIDR of the pods, IPv4; empty where provider `existing` leaves it out. */
  podCIDR: string;
  /** CIDR of the services, IPv4; empty where provider `existing` leaves it out. */
  serviceCIDR: string;
  /** Worker nodes beside the control-plane node. */
  workers: number;
  /** `first-last` or CIDR of the addresses that MetalLB may give out; default: a range per cluster inside the Docker network. */
  loadBalancer?: string;
  /** The helloworld versions that are deployed here; may be empty. */
  helloworld: string[];
  /** kubeconfig context, provider `existing` only. */
  context?: string;
}

/** A topology file, parsed, with every default filled in. */
export interface Topology {
  /** The file's stem. */
  name: string;
  /** Path as the user gave it; problems are reported with it. */
  file: string;
  /** Absolute path of the file. */
  path: string;
  /** Of the file when it was read, in hex. */
  sha256: string;
  description: string;
  provider: ProviderName;
  /** Provider `existing`: the kubeconfig to read the contexts from (never written); default KUBECONFIG or ~/.kube/config. */
  kubeconfig?: string;
  /** Provider `existing`: attach to a mesh that is already there instead of installing one. */
  attach: boolean;
  /** Provider `existing`: the server outside the mesh, and the PEM file of the authority that has signed its certificate. */
  external?: { address: string; authority: string };
  /** CIDR of the Docker network; default: a free block of the environment's address pool, chosen at `up`. */
  dockerSubnet?: string;
  istio: {
    /** `newest`, the default, is the newest that the environment has; a plan has the version itself. */
    version: string;
    installer: InstallerName;
    meshID: string;
    trustDomain: string;
    /** Helm values laid over the environment's, under IstioOperator's `spec.values`. */
    values: Record<string, unknown>;
    /** Laid over the harness's own meshConfig. */
    meshConfig: Record<string, unknown>;
  };
  clusters: TopologyCluster[];
}
