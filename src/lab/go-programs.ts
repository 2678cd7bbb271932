/** A program that is compiled from a pinned Go module below lab/modules. */
export interface GoProgram {
  /** Name in SHA256SUMS, in the cache and in the lab's folder. */
  name: string;
  /** Folder of its go.mod: a name below lab/modules, or an absolute path. */
  module: string;
  package: string;
  /** What the linker writes into variables, e.g. a version. */
  variables?: Record<string, string>;
  /** Measured for a cold build on two cores; the estimate is made of it. */
  seconds: number;
  /** Built only when it is named. */
  optional?: boolean;
}

/** Version of the Go toolchain that the checksums belong to: another one makes other bytes of the same source. */
export const goVersion = '1.26.8';

export const kubernetesVersion = '1.34.4';

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

/** The three programs of an Istio, as its own release build makes them; `module` holds its go.mod. */
export function istioPrograms({ version, moduleVersion }: IstioBuild, module = `istio-${version}`): GoProgram[] {
  const into = 'istio.io/istio/pkg/version.';
  const variables = {
    [`${into}buildVersion`]: `${version}-lab`,
    [`${into}buildTag`]: `${version}-lab`,
    [`${into}buildGitRevision`]: moduleVersion.split('-').at(-1)!,
    [`${into}buildStatus`]: 'Clean',
    [`${into}buildHub`]: 'localhost/istio-lab',
  };
  const packages = {
    'pilot-discovery': ['istio.io/istio/pilot/cmd/pilot-discovery', 180],
    'pilot-agent': ['istio.io/istio/pilot/cmd/pilot-agent', 30],
    istioctl: ['istio.io/istio/istioctl/cmd/istioctl', 90],
  } as const;
  return Object.entries(packages).map(([program, [name, seconds]]) => {
    return { name: `istio-${version}-${program}`, module, package: name, variables, seconds };
  });
}

/** Kubernetes' programs are one, called by seven names: a seventh of the link time and of the image layers. */
export function kubernetesProgram(version: string, name: string, module = name): GoProgram {
  const into = 'k8s.io/component-base/version.';
  const [major = '', minor = ''] = version.split('.');
  const variables = { [`${into}gitVersion`]: `v${version}`, [`${into}gitMajor`]: major, [`${into}gitMinor`]: minor };
  return { name, module, package: '.', variables, seconds: 420 };
}

/** Every program of the lab, in the order in which they are built: what lasts longest comes first. */
export const goPrograms: readonly GoProgram[] = [
  kubernetesProgram(kubernetesVersion, 'kubernetes'),
  ...istioBuilds.flatMap((build) => istioPrograms(build)),
  { name: 'coredns', module: 'coredns', package: 'github.com/coredns/coredns', seconds: 110 },
  { name: 'etcd', module: 'etcd', package: 'go.etcd.io/etcd/server/v3', seconds: 50 },
  { name: 'metallb-controller', module: 'metallb', package: 'go.universe.tf/metallb/controller', seconds: 60 },
  { name: 'metallb-speaker', module: 'metallb', package: 'go.universe.tf/metallb/speaker', seconds: 20 },
  { name: 'echo-server', module: 'echo', package: 'istio.io/istio/pkg/test/echo/cmd/server', seconds: 30 },
  { name: 'echo-client', module: 'echo', package: 'istio.io/istio/pkg/test/echo/cmd/client', seconds: 10 },
  { name: 'go-httpbin', module: 'httpbin', package: 'github.com/mccutchen/go-httpbin/v2/cmd/go-httpbin', seconds: 10 },
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
