import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { kubectlSupports } from './compatibility.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import type { Environment, ProgramName, ProgramSource } from '../topology/environment-types.js';
import { compareVersions, isBuildOf, minorOf, newestRelease } from '../topology/version.js';
import { run } from '../kernel/run-program.js';
import { DownloadError, type DownloadLimits } from './download.js';
import { cachedProgram, fetchProgram } from './program-cache.js';

/** A program that can be run. */
export interface FoundProgram {
  name: ProgramName;
  /** Absolute. */
  path: string;
  /** Is run by its name and is not the first of that name on PATH, so that its folder has to come before the others. */
  given?: true;
  /** One line for the user, e.g. that the version is not the pinned one. */
  note?: string;
  /** The downloaded archive that it was taken out of. */
  packed?: string;
}

export interface FindOptions {
  /** The version that istioctl must have; default: the newest of the environment's. */
  istioVersion?: string;
  /** The Kubernetes that kubectl must work with; default: any. */
  kubernetes?: string;
  limits?: DownloadLimits;
}

const instructions: Record<ProgramName, string> = {
  docker: 'https://docs.docker.com/engine/install/',
  kind: 'https://kind.sigs.k8s.io/docs/user/quick-start/#installation',
  kubectl: 'https://kubernetes.io/docs/tasks/tools/',
  istioctl: 'https://istio.io/latest/docs/ops/diagnostic-tools/istioctl/',
  helm: 'https://helm.sh/docs/intro/install/',
};

/** Absolute path of a program; see `resolveProgram`. */
export async function findProgram(
  name: ProgramName,
  environment: Environment,
  options: FindOptions = {},
): Promise<string> {
  return (await resolveProgram(name, environment, options)).path;
}

/**
 * Finds a program: MESHPROOF_<NAME>, then PATH, then the cache of earlier downloads, then the environment's pinned
 * download, whose checksum is verified. Throws a MeshproofError (exit code 3) that says what was found and where to get it.
 */
export async function resolveProgram(
  name: ProgramName,
  environment: Environment,
  options: FindOptions = {},
): Promise<FoundProgram> {
  const given = await givenProgram(name, environment.programs[name]?.path);
  if (given) return given;

  const pinned = environment.programs[name];
  const istio = options.istioVersion ?? newestRelease(environment.istioVersions) ?? pinned.version;
  const source = name === 'istioctl' ? { ...pinned, version: istio } : pinned;
  const onPath = await searchPath(name, source.version, options.kubernetes);
  if ('path' in onPath) return onPath;
  // one that is run by its name must come before the one on PATH that cannot be used
  const first: { given?: true } = name === 'kubectl' && onPath.refused.length > 0 ? { given: true } : {};
  const cached = await cachedProgram(name, source);
  if (cached && 'path' in cached) return { name, ...cached, ...first };
  const changed = cached ? `; ${cached.changed} is not used, because it changed after its verification` : '';

  const remedy = `install ${name} ${source.version} from ${instructions[name]}, or set ${variableOf(name)} to its path`;
  if (!source.url) throw notFound(name, source, onPath.refused, remedy, changed);
  try {
    return { name, ...(await fetchProgram(name, { ...source, url: source.url }, options.limits)), ...first };
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    throw new MeshproofError(
      `${name} ${source.version} could not be downloaded: ${error.message}${changed}`,
      exitCode.preflight,
      {
        expected: `${name} ${source.version} on PATH${onPath.refused.length > 0 ? ` (found ${onPath.refused.join(', ')})` : ''}, or a download`,
        remedy,
        cause: error,
      },
    );
  }
}

/**
 * The program that the user named: `chosen`, by an option, or MESHPROOF_<NAME>. Undefined where neither does; throws (exit 3) where it
 * cannot be used.
 */
export async function givenProgram(name: ProgramName, chosen?: string): Promise<FoundProgram | undefined> {
  const variable = variableOf(name);
  const given = chosen ?? process.env[variable];
  if (!given) return undefined;
  const by = chosen === undefined || given === process.env[variable] ? variable : `--${name}`;
  const file = path.resolve(given);
  // docker and kubectl are also run by others, such as kind, and by their names
  const byName = name === 'docker' || name === 'kubectl';
  if (byName && path.basename(file) !== name) {
    throw new MeshproofError(`${by} points to ${file}, but the file must be called ${name}`, exitCode.preflight, {
      expected: `the path of a file named ${name}`,
      remedy: `create a link named ${name} in a separate folder, and use its path`,
    });
  }
  if (await isExecutable(file)) return { name, path: file, ...(byName ? { given: true } : {}) };
  throw new MeshproofError(`${by} points to ${file}, which is not an executable file`, exitCode.preflight, {
    expected: `the path of ${name}`,
    remedy: `correct or remove ${by}`,
  });
}

function variableOf(name: ProgramName): string {
  return `MESHPROOF_${name.toUpperCase()}`;
}

function notFound(
  name: ProgramName,
  source: ProgramSource,
  refused: string[],
  remedy: string,
  changed: string,
): MeshproofError {
  const message =
    refused.length > 0
      ? `PATH has only another version of ${name}: ${refused.join(', ')}`
      : `${name} is not installed or not on PATH`;
  return new MeshproofError(message + changed, exitCode.preflight, { expected: `${name} ${source.version}`, remedy });
}

/** The first acceptable program on PATH, or what was there and is not acceptable. */
async function searchPath(
  name: ProgramName,
  version: string,
  kubernetes: string | undefined,
): Promise<FoundProgram | { refused: string[] }> {
  if (name === 'istioctl') {
    const [exact] = await which(`istioctl-${version}`);
    if (exact) return { name, path: exact };
  }
  const files = await which(name);
  const [file] = files;
  if (!file) return { refused: [] };
  if (name === 'kubectl' && kubernetes !== undefined) return findKubectl(files, kubernetes);
  if (name !== 'kind' && name !== 'istioctl') return { name, path: file };

  const found = await versionOf(name, file);
  if (name === 'istioctl') {
    return found !== undefined && isBuildOf(found, version)
      ? { name, path: file }
      : { refused: [`${file} ${found ?? '(no version)'}`] };
  }
  if (found === undefined || compareVersions(found, `${minorOf(version)}.0`) < 0)
    return { refused: [`${file} ${found ?? '(no version)'}`] };
  const note = found === version ? undefined : `kind ${found} (${file}) is used; ${version} is the version tested`;
  return { name, path: file, note };
}

/** The first kubectl that works with the API servers of the plan. */
async function findKubectl(
  files: readonly string[],
  kubernetes: string,
): Promise<FoundProgram | { refused: string[] }> {
  const refused: string[] = [];
  for (const [i, file] of files.entries()) {
    const found = await versionOf('kubectl', file);
    if (found !== undefined && kubectlSupports(found, kubernetes))
      return { name: 'kubectl', path: file, ...(i > 0 ? { given: true } : {}) };
    refused.push(`${file} ${found ?? '(no version)'}`);
  }
  return { refused };
}

const versionArguments = {
  kind: ['version'],
  istioctl: ['version', '--remote=false'],
  kubectl: ['version', '--client'],
};

/** The version that a program prints of itself, e.g. 0.33.0; undefined where it prints none. */
export async function versionOf(name: keyof typeof versionArguments, file: string): Promise<string | undefined> {
  const output = await run(file, versionArguments[name], { timeout: 10 }).catch(() => '');
  return /\d+\.\d+(\.\d+)?(-[\w.-]+)?/.exec(output)?.[0];
}

/** Every executable file of this name on PATH, in the order of PATH. */
async function which(name: string): Promise<string[]> {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const files = [...new Set(folders.map((folder) => path.resolve(folder, name)))];
  const executable = await Promise.all(files.map(isExecutable));
  return files.filter((_, i) => executable[i]);
}

export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
