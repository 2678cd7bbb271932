/** The roles that an image can have; an environment names one image for each. */
export const imageRoles = [
  'kind-node',
  'metallb-controller',
  'metallb-speaker',
  'istio-pilot',
  'istio-proxyv2',
  'istio-cni',
  'helloworld-v1',
  'helloworld-v2',
  'sleep',
  'echo',
  'httpbin',
  'load',
] as const;
export type ImageRole = (typeof imageRoles)[number];

/** Images by role. A file of an earlier version has none for `load`, which only the commands need that call a mesh under load. */
export type EnvironmentImages = Record<Exclude<ImageRole, 'load'>, string> & Partial<Record<'load', string>>;

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
  /** A version of Istio, `newest` or `previous`. */
  istio?: string;
  /** What installs Istio. */
  installer?: string;
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
  images: EnvironmentImages;
  /** What `hub` and `tag` are for Istio's own charts; `{istio}` as above. */
  istioHub: string;
  istioTag: string;
  /** MetalLB's manifest: a path or an https URL. */
  metallbManifest: string;
  /** sha256 of the manifest; without it a download is taken as it comes. */
  metallbManifestSha256?: string;
  /** Where Istio's charts are, for helm: a folder, `oci://...`, an HTTP repository, or a release archive; `{istio}` as above. */
  istioCharts?: string;
  /** Of an archive: its sha256, or the address of a checksum file. */
  istioChartsSha256?: string;
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
