import type { Complaint } from '../topology/complaint.js';
import { istioctlForIstio, istioOnKubernetes } from './compatibility.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { nearest } from '../kernel/nearest-word.js';
import type { Environment, VersionRequest } from '../topology/environment-types.js';
import type { Topology } from '../topology/topology-types.js';
import type { Path } from '../topology/positions.js';
import { compareVersions, isDailyBuild, minorOf, newestRelease, previousRelease } from '../topology/version.js';

/** Which versions a plan has, of what a topology, an environment and a user ask for. Pure; everything about it is here. */

/** What an environment says about nodes of Kubernetes. */
export interface NodeSource {
  kubernetes: string;
  /** Name of the image; `{kubernetes}` stands for the version. */
  image: string;
  /** Digests of the images by version. Where they are given, a version that is not among them is unknown. */
  digests?: Readonly<Record<string, string>>;
}

export interface NodeChoice {
  kubernetes: string;
  image: string;
  /** Whether the environment itself has this version. */
  listed: boolean;
}

/**
 * The node image of the Kubernetes that is asked for, `<version>` or `<version>@sha256:<digest>`, else of the environment's
 * own. A Complaint where there is none.
 */
export function chooseNode({ kubernetes: own, image, digests }: NodeSource, asked?: string): NodeChoice | Complaint {
  const [version = own, digest] = (asked ?? own).split('@');
  const filled = image.replaceAll('{kubernetes}', version);
  const named = /:v?(\d+\.\d+\.\d+(-(alpha|beta|rc)\.\d+)?)(?=$|[@+_-])/.exec(filled)?.[1] ?? own;
  if (filled === image && named !== version) {
    return {
      path: ['images', 'kind-node'],
      message: `the node image has Kubernetes ${named}, but the requested version is ${version}`,
      read: image,
      allowed: `Kubernetes ${named} (--kubernetes ${named}), or an image of ${version}; write {kubernetes} in its name for the version`,
    };
  }
  const known = digests?.[version];
  const listed = known !== undefined || version === own;
  if (digest !== undefined) return { kubernetes: version, image: `${filled.split('@')[0]!}@${digest}`, listed };
  if (filled === image || !digests || filled.includes('@')) return { kubernetes: version, image: filled, listed };
  if (known !== undefined) return { kubernetes: version, image: `${filled}@${known}`, listed };
  const versions = Object.keys(digests).sort(compareVersions);
  return {
    path: ['kubernetes'],
    message: `the node image of Kubernetes ${version} is unknown`,
    read: version,
    allowed: `${versions.join(', ')}; another one with its digest (--kubernetes ${version}@sha256:..., or nodeDigests), or by its image (kind-node in --images)`,
    suggestion: versions.findLast((one) => minorOf(one) === minorOf(version)) ?? nearest(version, versions),
  };
}

export interface IstioChoice {
  version: string;
  /** Where the topology asks for something that cannot be. */
  complaint?: Complaint;
}

/**
 * The version that a topology asks for at `path`, or the user in its place. Throws MeshproofError (exit 2) for one of the user's
 * that cannot be.
 */
export function chooseIstio(asked: string, path: Path, environment: Environment): IstioChoice {
  const { request, istioVersions } = environment;
  const words: Record<string, string | undefined> = {
    newest: newestRelease(istioVersions),
    previous: previousRelease(istioVersions),
  };
  const version = asked in words ? words[asked] : asked;
  const known = istioVersions.toSorted(compareVersions).join(', ');
  const wrong = ((): Pick<Complaint, 'message' | 'allowed'> | undefined => {
    if (version === undefined) {
      const lacks =
        asked === 'newest'
          ? 'has no Istio release, so "newest" has no meaning'
          : 'has Istio releases of one minor only, so "previous" has no meaning';
      return { message: `environment ${environment.name} ${lacks}`, allowed: known };
    }
    const missing = missingForDaily(version, environment);
    if (missing.length === 0) return undefined;
    return {
      message: `Istio ${version} is a daily build, and ${listOf(missing)} ${missing.length > 1 ? 'are' : 'is'} not given`,
      allowed: `--hub and --tag of its images, and --istioctl with the path of its istioctl; or one of ${known}`,
    };
  })();
  if (wrong && request.istio === asked) {
    throw new MeshproofError(wrong.message, exitCode.usage, { where: '--istio', expected: wrong.allowed });
  }
  if (!wrong) return { version: version! };
  return { version: version ?? istioVersions[0]!, complaint: { path, read: asked, ...wrong } };
}

/** A daily build is in no registry of releases and on no page of releases: what must be said of it, and is not. */
function missingForDaily(version: string, { request, istioVersions }: Environment): string[] {
  if (!isDailyBuild(version) || istioVersions.includes(version)) return [];
  const needed = ['hub', 'tag', 'istioctl'] as const;
  return needed.filter((option) => request[option] === undefined).map((option) => `--${option}`);
}

/** What a reader of a plan or a report must know about the versions of its control planes, one sentence each. */
export function versionNotes(topology: Topology, environment: Environment, versions: readonly string[]): string[] {
  const { request, istioVersions, kubernetes } = environment;
  const own = topology.istio.version;
  const asked = request.istio !== undefined && !(own in { newest: 0, previous: 0 }) && own !== versions[0];
  const notes = [
    asked ? `Istio ${versions[0]} was requested; topology ${topology.name} asks for ${own}.` : undefined,
    ...versions
      .filter((version) => !istioVersions.includes(version))
      .map((version) => `Istio ${version} is used; environment ${environment.name} lists ${listOf(istioVersions)}.`),
    request.istioctlVersion === undefined ? undefined : istioctlForIstio(request.istioctlVersion, versions[0]!),
    // the Kubernetes of clusters that exist is not the environment's
    ...(topology.provider === 'kind' ? versions.map((version) => istioOnKubernetes(version, kubernetes)) : []),
    topology.provider !== 'kind' && request.kubernetes !== undefined
      ? `--kubernetes ${request.kubernetes} has no effect: the clusters of topology ${topology.name} exist already.`
      : undefined,
  ];
  return notes.filter((note) => note !== undefined);
}

/** Hub and tag of Istio's images with what the user asks for. */
export function withHubAndTag<Images extends Record<'istio-pilot' | 'istio-proxyv2' | 'istio-cni', string>>(
  environment: { images: Images; istioHub: string; istioTag: string },
  { hub, tag }: VersionRequest,
): { images: Images; istioHub: string; istioTag: string } {
  if (hub === undefined && tag === undefined) return environment;
  const istioHub = hub ?? environment.istioHub;
  const istioTag = tag ?? environment.istioTag;
  const named = {
    'istio-pilot': `${istioHub}/pilot:${istioTag}`,
    'istio-proxyv2': `${istioHub}/proxyv2:${istioTag}`,
    'istio-cni': `${istioHub}/install-cni:${istioTag}`,
  };
  return { images: { ...environment.images, ...named }, istioHub, istioTag };
}

/** a, b and c */
export function listOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
