import { copyFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as tar from 'tar';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { inMirror } from './registry-names.js';
import type { Environment } from '../topology/environment-types.js';
import { refuseUnpinned } from './archive-pins.js';
import { chartSource, isDownload } from './charts.js';
import { checksumOf } from './checksum.js';
import type { OpenArchive } from './image-archive.js';
import { fill, isPacked, unpackProgram } from './program-cache.js';

/** A file for the mirror's folder. */
interface Placed {
  from: string;
  to: string;
}

/**
 * Lays out an archive's programs, charts and manifest below a folder as a mirror serves them: `<host>/<path>` of each
 * public address, with its checksum file. Adds the images as images.tar. Throws (exit 2) before it writes anything if a
 * file with other content is in the way; with `force` it replaces that file.
 */
export async function layOut(
  { file: where, index, folder }: OpenArchive,
  target: string,
  environment: Environment,
  { force = false } = {},
): Promise<void> {
  refuseUnpinned(index, environment, where);
  const root = path.resolve(target);
  const made = await mkdtemp(path.join(folder, 'layout-'));
  const placed: Placed[] = [];
  const add = (from: string, address: string): void => {
    const to = inMirror(address, root);
    if (path.relative(root, path.resolve(to)).startsWith('..')) throw outside(address, environment);
    placed.push({ from, to });
  };
  for (const { name, version, file, packed = false } of index.programs) {
    const { url, sha256 } = environment.programs[name];
    if (!url) continue;
    const address = fill(url, version);
    let from = path.join(folder, file);
    if (isPacked(address) !== packed)
      from = packed
        ? await unpackProgram(from, await mkdtemp(path.join(made, 'unpack-')), name, file)
        : await pack(from, made, name, version);
    add(from, address);
    if (!sha256?.startsWith('http')) continue;
    const line = path.join(made, `${name}-${version}.sha256`);
    await writeFile(line, `${await checksumOf(from)}  ${path.posix.basename(address)}\n`);
    add(line, fill(sha256, version));
  }
  for (const { version, file, sha256 } of index.charts) {
    const source = chartSource(environment, version);
    if (!isDownload(source.from)) continue;
    add(path.join(folder, file), source.from);
    if (!source.sha256?.startsWith('http')) continue;
    const line = path.join(made, `charts-${version}.sha256`);
    await writeFile(line, `${sha256}  ${path.posix.basename(source.from)}\n`);
    add(line, source.sha256);
  }
  const { metallbManifest } = environment;
  if (/^https?:/.test(metallbManifest)) add(path.join(folder, index.manifest.file), metallbManifest);
  placed.push({ from: path.join(folder, index.imagesFile.file), to: path.join(root, 'images.tar') });
  if (!force) await refuseOthers(placed);
  for (const { from, to } of placed) {
    await mkdir(path.dirname(to), { recursive: true });
    await copyFile(from, to);
  }
}

/** The program alone in an archive, as it is downloaded. */
async function pack(file: string, made: string, name: string, version: string): Promise<string> {
  const cwd = await mkdtemp(path.join(made, 'pack-'));
  await copyFile(file, path.join(cwd, name));
  const archive = path.join(made, `${name}-${version}.tar.gz`);
  await tar.create({ file: archive, cwd, gzip: true, portable: true, mtime: new Date(0) }, [name]);
  return archive;
}

function outside(address: string, { file }: Environment): MeshproofError {
  return new MeshproofError(`${address} is outside the folder of the mirror`, exitCode.usage, {
    where: file,
    expected: 'an address without "..", usable as a path',
  });
}

async function refuseOthers(placed: readonly Placed[]): Promise<void> {
  const others: string[] = [];
  for (const { from, to } of placed) {
    const there = await checksumOf(to).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      throw error;
    });
    if (there !== undefined && there !== (await checksumOf(from))) others.push(to);
  }
  if (others.length === 0) return;
  throw new MeshproofError(`the folder has these files with other content: ${others.join(', ')}`, exitCode.usage, {
    expected: 'a folder without these files',
    remedy: 'choose another folder, or replace them with --force',
  });
}
