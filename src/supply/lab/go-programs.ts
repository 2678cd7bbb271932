import path from 'node:path';

/** A program that is compiled from a pinned Go module below lab/modules. */
export interface GoProgram {
  /** Name in SHA256SUMS, in the cache and in the lab's folder. */
  name: string;
  /** Folder of its go.mod: a name below lab/modules, or an absolute path. */
  module: string;
  package: string;
  /** What the linker writes into variables, e.g. a version. */
  variables?: Record<string, string>;
  /** Its share of a cold build of the whole lab on two cores, measured; the estimate is made of it. */
  seconds: number;
  /** Seconds where it is compiled alone, and so nothing that it shares with Kubernetes is compiled yet; default `seconds`. */
  alone?: number;
  /** Built only when it is named. */
  optional?: boolean;
  /** Built before all others, which then find compiled what all share. */
  first?: boolean;
  /** The version of Istio that it belongs to; such a program is built when that version is asked for. */
  istio?: string;
}

/** Version of the Go toolchain that the checksums belong to: another one makes other bytes of the same source. */
export const goVersion = '1.26.8';

export const kubernetesVersion = '1.34.4';

export const metallbVersion = '0.16.1';

/** An Istio that the lab can build: the version that topologies ask for, and the commit that it is. */
export interface IstioBuild {
  version: string;
  /** Of istio.io/istio, e.g. v0.0.0-20260827124520-eed52ebb66ad. */
  moduleVersion: string;
}

/** Commits of Istio's release branches: its tags from 1.30 on are no versions that the Go module proxy has. */
export const istioBuilds: readonly IstioBuild[] = [
  { version: '1.30.4', moduleVersion: 'v0.0.0-20260826214018-9739e10eb9d7' },
  { version: '1.31.0', moduleVersion: 'v0.0.0-20260827124520-eed52ebb66ad' },
];

/** The programs of an Istio, as its own release build makes them; `module` holds its go.mod. Those of its CNI plugin are optional. */
export function istioPrograms({ version, moduleVersion }: IstioBuild, module = `istio-${version}`): GoProgram[] {
  const into = 'istio.io/istio/pkg/version.';
  const variables = {
    [`${into}buildVersion`]: `${version}-lab`,
    [`${into}buildTag`]: `${version}-lab`,
    [`${into}buildGitRevision`]: moduleVersion.split('-').at(-1)!,
    [`${into}buildStatus`]: 'Clean',
    [`${into}buildHub`]: 'localhost/istio-lab',
  };
  const packages = [
    { folder: 'pilot/cmd/pilot-discovery', seconds: 155 },
    { folder: 'istioctl/cmd/istioctl', seconds: 75 },
    { folder: 'pilot/cmd/pilot-agent', seconds: 25 },
    { folder: 'cni/cmd/install-cni', seconds: 60, optional: true },
    { folder: 'cni/cmd/istio-cni', seconds: 10, optional: true },
  ];
  return packages.map(({ folder, ...build }) => ({
    name: `istio-${version}-${path.basename(folder)}`,
    module,
    package: `istio.io/istio/${folder}`,
    variables,
    istio: version,
    ...build,
  }));
}

/** Kubernetes' programs are one, called by seven names: a seventh of the link time and of the image layers. */
export function kubernetesProgram(version: string, name: string, module = name): GoProgram {
  const into = 'k8s.io/component-base/version.';
  const [major = '', minor = ''] = version.split('.');
  const variables = { [`${into}gitVersion`]: `v${version}`, [`${into}gitMajor`]: major, [`${into}gitMinor`]: minor };
  return { name, module, package: '.', variables, seconds: 355 };
}

/**
 * Every program of the lab, in the order in which builds begin. The first needs nothing but Go's own library, which all need;
 * then two builds go on beside each other.
 */
export const goPrograms: readonly GoProgram[] = [
  {
    name: 'go-httpbin',
    module: 'httpbin',
    package: 'github.com/mccutchen/go-httpbin/v2/cmd/go-httpbin',
    first: true,
    seconds: 10,
  },
  kubernetesProgram(kubernetesVersion, 'kubernetes'),
  ...istioBuilds.toReversed().flatMap((build) => istioPrograms(build)),
  { name: 'coredns', module: 'coredns', package: '.', seconds: 45 },
  { name: 'etcd', module: 'etcd', package: 'go.etcd.io/etcd/server/v3', seconds: 40 },
  {
    name: 'metallb-controller',
    module: 'metallb',
    package: 'go.universe.tf/metallb/controller',
    seconds: 65,
    alone: 230,
  },
  { name: 'metallb-speaker', module: 'metallb', package: 'go.universe.tf/metallb/speaker', seconds: 20 },
  {
    name: 'echo-server',
    module: 'echo',
    package: 'istio.io/istio/pkg/test/echo/cmd/server',
    seconds: 25,
  },
  {
    name: 'echo-client',
    module: 'echo',
    package: 'istio.io/istio/pkg/test/echo/cmd/client',
    seconds: 8,
  },
  { name: 'helloworld', module: 'helloworld', package: '.', seconds: 5 },
  {
    name: 'helm',
    module: 'helm',
    package: 'helm.sh/helm/v3/cmd/helm',
    variables: { 'helm.sh/helm/v3/internal/version.version': 'v3.19.5' },
    seconds: 110,
    optional: true,
  },
];

/** The programs of a lab that has these versions of Istio. */
export function programsFor(istioVersions: readonly string[]): GoProgram[] {
  return goPrograms.filter(
    ({ optional, istio }) => !optional && (istio === undefined || istioVersions.includes(istio)),
  );
}

/** Seconds that a compiler needs for programs, on two cores, where none of them was compiled before. */
export function compileSeconds(programs: readonly GoProgram[]): number {
  const oneModule = new Set(programs.map(({ module }) => module)).size === 1;
  return programs.reduce((sum, { seconds, alone = seconds }) => sum + (oneModule ? alone : seconds), 0);
}

/** The newest of the lab's own versions of Istio: the one that it is made with unless others are asked for. */
export const newestIstio = istioBuilds.at(-1)!;

/**
 * What one `go build` makes, in the order of `programs`: those of one module with the same flags. They share their
 * packages, and one is linked while another one is still being compiled.
 */
export function buildsOf(programs: readonly GoProgram[]): GoProgram[][] {
  const builds = new Map<string, GoProgram[]>();
  for (const program of programs) {
    const { module, variables } = program;
    const key = JSON.stringify([module, variables]);
    builds.set(key, [...(builds.get(key) ?? []), program]);
  }
  return [...builds.values()];
}
