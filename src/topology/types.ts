/**
 * The words that the whole project shares: topology and environment (data that a user writes) and the plan
 * (both of them resolved and validated: every name, range, image, version and step before anything runs).
 */

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

/** The roles that an image can have; an environment names one image for each. */
export const imageRoles = [
  'kind-node',
  'metallb-controller',
  'metallb-speaker',
  'istio-pilot',
  'istio-proxyv2',
  'helloworld-v1',
  'helloworld-v2',
  'sleep',
  'echo',
  'httpbin',
] as const;
export type ImageRole = (typeof imageRoles)[number];

/** Programs that are run as child processes. `istioctl` is looked for under the name with the version as well. */
export const programNames = ['docker', 'kind', 'kubectl', 'istioctl', 'helm'] as const;
export type ProgramName = (typeof programNames)[number];

/** Where a program may be downloaded from when it is not on PATH; `{version}`, `{os}` and `{arch}` are filled in. */
export interface ProgramSource {
  /** `{istio}` in an environment stands for the topology's Istio version; a plan has the version itself. */
  version: string;
  /** Absolute path of the program that the user named; nothing else is looked for then. */
  path?: string;
  url?: string;
  /** Of the downloaded file: 64 hex digits, or the URL of a checksum file in sha256sum's format. */
  sha256?: string;
}

/** What a user asks for beside topology and environment; it goes before both. */
export interface VersionRequest {
  /** A version of Istio, or `newest`. */
  istio?: string;
  /** `<version>` or `<version>@sha256:<digest of the node image>`. */
  kubernetes?: string;
  /** Where Istio's own images are: host[:port][/path]. */
  hub?: string;
  /** The tag of Istio's own images. */
  tag?: string;
  /** Absolute path of the istioctl that is to be used. */
  istioctl?: string;
  /** The version that this istioctl says it has. */
  istioctlVersion?: string;
}

/** Where programs and images come from. One list of every image, one override. */
export interface Environment {
  name: string;
  file: string;
  /** The environment that everything else is laid over by `extends`: `lab` and `public` are their own. */
  base: string;
  description: string;
  /** Kubernetes version of the node image. */
  kubernetes: string;
  request: VersionRequest;
  istioVersions: string[];
  /** `{istio}` stands for the topology's Istio version. */
  images: Record<ImageRole, string>;
  /** What `hub` and `tag` are for Istio's own charts; `{istio}` as above. */
  istioHub: string;
  istioTag: string;
  /** MetalLB's manifest: a path or an https URL. */
  metallbManifest: string;
  /** sha256 of the manifest; without it a download is taken as it comes. */
  metallbManifestSha256?: string;
  programs: Record<ProgramName, ProgramSource>;
  /** Docker networks are cut from it, /20 each. */
  addressPool: string;
  /** Helm values that this environment's images or machines need, under IstioOperator's `spec.values`. */
  values: Record<string, unknown>;
  /** CPU requests for everything the harness deploys, Kubernetes quantity; small where a node has few CPUs. */
  cpuRequest: string;
  /** Worker nodes that a cluster may have beside its control plane, where the node image limits them. */
  maxWorkers?: number;
  /** The images are in the local Docker already and no registry holds them: never pull. */
  imagesAreLocal: boolean;
  /** What a reader of a report must know, e.g. that Envoy is upstream's. */
  notes: string[];
}

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

/** A step of the run, in order; steps with the same `group` run side by side. */
export interface PlanStep {
  group: string;
  cluster?: string;
  title: string;
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
  steps: PlanStep[];
}
