export type Role = 'primary' | 'remote';
export type ProviderName = 'kind' | 'existing';
/** What can put Istio on a cluster; each has a file in src/installer/. */
export const installerNames = ['istioctl', 'helm'] as const;
export type InstallerName = (typeof installerNames)[number];
type Values = Record<string, unknown>;

/** A control plane as a topology asks for it. */
export interface IstioSettings {
  /** `newest`, the default, or `previous`, or a version; a plan has the version itself. */
  version: string;
  revision: string;
  installer: InstallerName;
  namespace: string;
  /** Helm values laid over the environment's. */
  values: Values;
  /** Merged over meshproof's own meshConfig. */
  meshConfig: Values;
  /** Istio's CNI plugin instead of an init container. */
  cni: boolean;
  tags: string[];
}

/** A control plane beside the first one of a cluster; what it leaves out is that one's, but for its tags. */
export type IstioRevision = Pick<IstioSettings, 'revision'> &
  Partial<Pick<IstioSettings, 'version' | 'installer' | 'values' | 'meshConfig' | 'tags'>>;

/** Control planes of a cluster, and which of them its data plane follows. */
export interface IstioInCluster extends IstioSettings {
  revisions: IstioRevision[];
  /** A revision or a tag; default: the revision of the first control plane. */
  dataPlane?: string;
}

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
  /** Worker nodes in addition to the control-plane node. */
  workers: number;
  /** `first-last` or CIDR of the addresses that MetalLB may give out; default: a range per cluster inside the Docker network. */
  loadBalancer?: string;
  /** The helloworld versions that are deployed here; may be empty. */
  helloworld: string[];
  /** kubeconfig context, provider `existing` only. */
  context?: string;
  /** Laid over the topology's. */
  istio?: Partial<IstioInCluster>;
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
  /** Of every cluster that has nothing else of its own. */
  istio: IstioInCluster & { meshID: string; trustDomain: string };
  clusters: TopologyCluster[];
}
