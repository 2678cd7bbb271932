import { access, chmod, copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as tar from 'tar';
import { z } from 'zod';
import { architectureOf, systemOf } from './machine-system.js';
import type { ProgramName, ProgramSource } from '../topology/environment-types.js';
import { checksumOf } from './checksum.js';
import { DownloadError, type DownloadLimits } from './download.js';
import { sha256Of } from '../kernel/sha256.js';
import { inScratchFolder } from '../run/scratch-folder.js';
import { downloadVerified } from './verified-download.js';
import { inUserCache } from '../kernel/user-cache.js';

/** Folder of downloads, kept between runs. A program is <name>-<version>/<its sha256>/<name> in it. */
function cacheFolder(): string {
  return inUserCache('programs');
}

/** A file of the cache. */
export interface CachedProgram {
  path: string;
  /** The downloaded archive that it was taken out of, where there was one. */
  packed?: string;
}

const digest = z.string().regex(/^[0-9a-f]{64}$/);
/** What a pin stands for: sha256 of the program, and of the archive that it came in. */
const contentSchema = z.object({ program: digest, packed: digest.optional() });

/**
 * What an environment demands of a program's bytes: a checksum, the address of one, or nothing. Two environments with the same
 * demand share a file; one version may be different files in different environments.
 */
function pinFile(name: ProgramName, { version, sha256 }: ProgramSource): string {
  const demanded = sha256 === undefined ? '' : fill(sha256, version).toLowerCase();
  const key = sha256Of(demanded).slice(0, 16);
  return path.join(cacheFolder(), `${name}-${version}`, `${key}.json`);
}

/**
 * The program that was kept for the environment's demand, verified again. `changed` is the path of one whose bytes are no longer
 * those that were kept; it must not be run.
 */
export async function cachedProgram(
  name: ProgramName,
  source: ProgramSource,
): Promise<CachedProgram | { changed: string } | undefined> {
  const pin = pinFile(name, source);
  const text = await readFile(pin, 'utf8').catch(() => '');
  const content = contentSchema.safeParse(parseJson(text)).data;
  if (!content) return undefined;
  const { program, packed } = content;
  const file = path.join(path.dirname(pin), program, name);
  const actual = await checksumOf(file).catch(() => undefined);
  if (actual === undefined) return undefined;
  const demanded = /^[0-9a-f]{64}$/i.exec(source.sha256 ?? '')?.[0].toLowerCase() ?? (packed || program);
  if (actual !== program || (packed ?? program) !== demanded) return { changed: file };
  const archive = path.join(path.dirname(file), archiveName(name));
  return { path: file, ...(packed && (await exists(archive)) ? { packed: archive } : {}) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

const archiveName = (name: ProgramName): string => `${name}.tar.gz`;

/** True for what is downloaded as an archive with the program in it. */
export function isPacked(url: string | undefined): boolean {
  return /\.(tar\.gz|tgz)$/.test(url ?? '');
}

/** Copies a verified program, or the archive that it is in, into the cache for an environment's demand, whole or not at all. */
export async function addProgram(
  name: ProgramName,
  source: ProgramSource,
  given: { file: string; packed: boolean },
): Promise<CachedProgram> {
  return inPart(name, async (part) => {
    const file = path.join(part, 'download');
    await copyFile(given.file, file);
    if (!given.packed) return keepProgram(name, source, file);
    return keepProgram(name, source, await unpackProgram(file, part, name, path.basename(given.file)), file);
  });
}

/** Gives `work` a folder of its own beside the cache's files, from which they can be moved there. */
async function inPart<T>(name: string, work: (part: string) => Promise<T>): Promise<T> {
  await mkdir(cacheFolder(), { recursive: true });
  return inScratchFolder(path.join(cacheFolder(), `.part-${name}-`), work);
}

/**
 * Moves a program into its place in the cache, a folder that is named by its content, and then says which demand it meets. The
 * program has a folder of its own because kubectl is run by its name, by way of PATH.
 */
async function keepProgram(
  name: ProgramName,
  source: ProgramSource,
  file: string,
  packed?: string,
): Promise<CachedProgram> {
  const pin = pinFile(name, source);
  const content: z.infer<typeof contentSchema> = { program: await checksumOf(file) };
  if (packed) content.packed = await checksumOf(packed);
  const folder = path.join(path.dirname(pin), content.program);
  const kept: CachedProgram = { path: path.join(folder, name) };
  await mkdir(folder, { recursive: true });
  await chmod(file, 0o755);
  await rename(file, kept.path);
  if (packed) await rename(packed, (kept.packed = path.join(folder, archiveName(name))));
  await writeFile(`${pin}.${process.pid}.part`, JSON.stringify(content));
  await rename(`${pin}.${process.pid}.part`, pin);
  return kept;
}

/** A text of the cache by its checksum, where it is there and still has it. */
export async function cachedText(name: string, sha256: string): Promise<string | undefined> {
  const text = await readFile(path.join(cacheFolder(), name), 'utf8').catch(() => undefined);
  return text !== undefined && sha256Of(text) === sha256 ? text : undefined;
}

/** Keeps a text that was verified, whole or not at all. */
export async function keepFile(name: string, text: string): Promise<void> {
  await inPart('text', async (part) => {
    await writeFile(path.join(part, name), text);
    await rename(path.join(part, name), path.join(cacheFolder(), name));
  });
}

/**
 * Downloads a program into the cache and returns its path. It appears there whole and verified, or not at all: everything
 * happens in a folder of its own beside it. Throws DownloadError.
 */
export async function fetchProgram(
  name: ProgramName,
  source: ProgramSource & { url: string },
  limits?: DownloadLimits,
): Promise<CachedProgram> {
  const url = fill(source.url, source.version);
  const { sha256 } = source;
  if (!sha256) throw new DownloadError(`the environment has no checksum for ${url}`);
  if (url.endsWith('.zip')) throw new DownloadError(`${url} is a zip archive, which you must unpack yourself`);
  return inPart(name, async (part) => {
    const file = path.join(part, 'download');
    await downloadVerified(url, file, `${name} ${source.version}`, fill(sha256, source.version), limits);
    if (!isPacked(new URL(url).pathname)) return keepProgram(name, source, file);
    return keepProgram(name, source, await unpackProgram(file, part, name, url), file);
  });
}

/** Takes the one file called `name` out of an archive, at whatever depth. */
export async function unpackProgram(archive: string, folder: string, name: string, url: string): Promise<string> {
  let member: string | undefined;
  await tar.extract({
    file: archive,
    cwd: folder,
    filter: (entry, info) => {
      const wanted = path.posix.basename(entry) === name && 'type' in info && info.type === 'File';
      if (wanted) member = entry;
      return wanted;
    },
  });
  if (!member) throw new DownloadError(`${url} contains no file ${name}`);
  return path.join(folder, member);
}

/** An address of the environment with version, system and architecture filled in. */
export function fill(
  template: string,
  version: string,
  { platform, arch }: { platform: NodeJS.Platform; arch: NodeJS.Architecture } = process,
): string {
  return template
    .replaceAll('{version}', version)
    .replaceAll('{os}', systemOf(platform))
    .replaceAll('{arch}', architectureOf(arch));
}
