import { access, chmod, copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import * as tar from 'tar';
import { architectureOf, systemOf } from '../topology/system.js';
import type { ProgramName, ProgramSource } from '../topology/types.js';
import { download, DownloadError, downloadText, type DownloadLimits } from './download.js';

/**
 * Folder of downloads, kept between runs. A program is <name>-<version>/<name> in it: kubectl is called by its name, so that
 * folder comes onto PATH.
 */
function cacheFolder(): string {
  return path.join(process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'meshproof', 'programs');
}

/** Path of a program that was downloaded and verified before. */
export function cachedProgram(name: ProgramName, version: string): Promise<string | undefined> {
  return cachedFile(`${name}-${version}/${name}`);
}

/** Path of a file in the cache, when it is there. */
export async function cachedFile(name: string): Promise<string | undefined> {
  const file = path.join(cacheFolder(), name);
  return access(file).then(
    () => file,
    () => undefined,
  );
}

/** Copies a program that was verified into the cache, whole or not at all; returns where it is. */
export async function addProgram(name: ProgramName, version: string, file: string): Promise<string> {
  await mkdir(cacheFolder(), { recursive: true });
  const part = await mkdtemp(path.join(cacheFolder(), `.part-${name}-`));
  try {
    await copyFile(file, path.join(part, name));
    await chmod(path.join(part, name), 0o755);
    return await keepProgram(name, version, path.join(part, name));
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

/** Moves a program into its place in the cache; returns where it is. */
async function keepProgram(name: ProgramName, version: string, file: string): Promise<string> {
  const folder = path.join(cacheFolder(), `${name}-${version}`);
  await mkdir(folder, { recursive: true });
  await rename(file, path.join(folder, name));
  return path.join(folder, name);
}

/** Keeps a text that was verified, whole or not at all. */
export async function keepFile(name: string, text: string): Promise<void> {
  await mkdir(cacheFolder(), { recursive: true });
  const part = await mkdtemp(path.join(cacheFolder(), '.part-'));
  try {
    await writeFile(path.join(part, name), text);
    await rename(path.join(part, name), path.join(cacheFolder(), name));
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

/**
 * Downloads a program into the cache and returns its path. It appears there whole and verified, or not at all: everything
 * happens in a folder of its own beside it. Throws DownloadError.
 */
export async function fetchProgram(
  name: ProgramName,
  source: ProgramSource & { url: string },
  limits?: DownloadLimits,
): Promise<string> {
  const url = fill(source.url, source.version);
  if (!source.sha256) throw new DownloadError(`the environment names ${url} without a checksum`);
  if (url.endsWith('.zip')) throw new DownloadError(`${url} is a zip archive, which must be unpacked by hand`);
  await mkdir(cacheFolder(), { recursive: true });
  const part = await mkdtemp(path.join(cacheFolder(), `.part-${name}-`));
  try {
    let file = path.join(part, 'download');
    const fileName = path.posix.basename(new URL(url).pathname);
    const expected = await checksum(fill(source.sha256, source.version), fileName, limits);
    const actual = await download(url, file, `${name} ${source.version}`, limits);
    if (actual !== expected) {
      throw new DownloadError(
        `${url} is corrupted or not the pinned file: its sha256 is ${actual}, expected ${expected}`,
      );
    }
    if (/\.(tar\.gz|tgz)$/.test(fileName)) file = await unpack(file, part, name, url);
    await chmod(file, 0o755);
    return await keepProgram(name, source.version, file);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

/** The expected sha256: given as such, or read from a checksum file (`<hex>  <file>` a line, or the hex digits alone). */
async function checksum(given: string, fileName: string, limits?: DownloadLimits): Promise<string> {
  if (/^[0-9a-f]{64}$/i.test(given)) return given.toLowerCase();
  const lines = (await downloadText(given, limits)).split('\n').map((line) => line.trim().split(/\s+\*?/));
  const line =
    lines.find(([, name]) => name === fileName) ?? (lines.filter(([hex]) => hex).length === 1 ? lines[0] : []);
  const hex = line?.[0] ?? '';
  if (!/^[0-9a-f]{64}$/i.test(hex)) throw new DownloadError(`${given} holds no sha256 of ${fileName}`);
  return hex.toLowerCase();
}

/** Takes the one file called `name` out of an archive, at whatever depth. */
async function unpack(archive: string, folder: string, name: string, url: string): Promise<string> {
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
  if (!member) throw new DownloadError(`${url} holds no file ${name}`);
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
