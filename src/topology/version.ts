/**
 * Versions as Istio and Kubernetes write them. Semantic versions are not enough: Istio's daily builds are called
 * 1.32-alpha.<commit>, and a commit of digits alone may begin with 0.
 */
export interface Version {
  major: number;
  minor: number;
  /** Undefined for a daily build, which names no patch release. */
  patch?: number;
  /** What follows the first `-`; empty for a release. */
  pre: string;
}

const number = '(0|[1-9][0-9]{0,4})';
const suffix = '-([0-9A-Za-z]+(?:[.-][0-9A-Za-z]+)*)';
/** At most 100 characters: a version is part of image tags and file names. */
const short = '(?=.{1,100}$)';

/** Three numbers and perhaps a suffix, such as 1.36.4 or 1.38.0-beta.0. */
export const releasePattern = new RegExp(`^${short}${number}\\.${number}\\.${number}(?:${suffix})?$`);

/** What `releasePattern` takes, and the daily builds of Istio: two numbers with a suffix. */
export const istioPattern = new RegExp(`^${short}${number}\\.${number}(?:\\.${number}(?:${suffix})?|${suffix})$`);

/** Reads a version; undefined for what is not one. */
export function parseVersion(text: string): Version | undefined {
  const found = istioPattern.exec(text);
  if (!found) return undefined;
  const [, major, minor, patch, pre, daily] = found;
  return {
    major: Number(major),
    minor: Number(minor),
    ...(patch === undefined ? {} : { patch: Number(patch) }),
    pre: pre ?? daily ?? '',
  };
}

/** True for what is published as a release; false for release candidates, daily builds and builds of commits. */
export function isRelease(text: string): boolean {
  const version = parseVersion(text);
  return version !== undefined && version.pre === '';
}

/** True for a daily build, 1.32-alpha.<commit>: it is in no release's registry and has no release page. */
export function isDailyBuild(text: string): boolean {
  const version = parseVersion(text);
  return version !== undefined && version.patch === undefined;
}

/** The first two numbers, such as 1.31; the text itself where it is not a version. */
export function minorOf(text: string): string {
  const version = parseVersion(text);
  return version ? `${version.major}.${version.minor}` : text;
}

/** By how many minor versions `a` is ahead of `b`; undefined where one of them is not a version, or the majors differ. */
export function minorsAhead(a: string, b: string): number | undefined {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  return left && right && left.major === right.major ? left.minor - right.minor : undefined;
}

/** Order of versions, the lower one first; a release comes after everything with a suffix. What is not a version comes first. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  if (!left || !right) return Number(left !== undefined) - Number(right !== undefined);
  return (
    left.major - right.major ||
    left.minor - right.minor ||
    (left.patch ?? 0) - (right.patch ?? 0) ||
    Number(left.pre === '') - Number(right.pre === '') ||
    left.pre.localeCompare(right.pre, 'en', { numeric: true })
  );
}

/** The highest release of a list; undefined where the list has none. */
export function newestRelease(versions: readonly string[]): string | undefined {
  return versions.filter(isRelease).sort(compareVersions).at(-1);
}

/** The highest release of an earlier minor than the newest one's; undefined where a list has none. */
export function previousRelease(versions: readonly string[]): string | undefined {
  const newest = newestRelease(versions);
  return newest && newestRelease(versions.filter((version) => minorOf(version) !== minorOf(newest)));
}

/**
 * Whether a program that says it is `found` can stand for `wanted`: the same numbers, and the same suffix where `wanted`
 * has one. Builds of a release may carry a suffix of their own: 1.31.0-lab is 1.31.0.
 */
export function isBuildOf(found: string, wanted: string): boolean {
  const [left, right] = [parseVersion(found), parseVersion(wanted)];
  if (!left || !right) return false;
  const numbers = ({ major, minor, patch }: Version): string => `${major}.${minor}.${patch}`;
  return numbers(left) === numbers(right) && (right.pre === '' || left.pre === right.pre);
}
