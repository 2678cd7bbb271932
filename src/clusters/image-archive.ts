import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as tar from 'tar';
import { exitCode, MeshproofError } from '../topology/errors.js';
import { inMirror, inRegistry, withoutDigest } from '../topology/images.js';
import type { Environment, Plan, ProgramName, VersionRequest } from '../topology/types.js';
import { checksumOf } from './checksum.js';
import { docker, imageIds } from './docker.js';
import { readManifest } from './manifest.js';
import { addProgram, fill, keepFile } from './program-cache.js';
import type { FoundProgram } from './programs.js';

/** A file of an archive, with what it must hash to. */
interface ArchivedFile {
  file: string;
  sha256: string;
}

/** What an archive holds; index.json in it. */
export interface ArchiveIndex {
  version: 1;
  environment: string;
  /** What was asked for beside the environment. */
  request?: Pick<VersionRequest, 'istio' | 'kubernetes' | 'hub' | 'tag'>;
  images: { name: string; id: string }[];
  imagesFile: ArchivedFile;
  programs: (ArchivedFile & { name: ProgramName; version: string })[];
  manifest: ArchivedFile & { pinned?: string };
}

/** Every image that plans need, and may need for single behaviours; with its digest where the environment has one. */
export function imagesOf(plans: readonly Plan[]): string[] {
  return [...new Set(plans.flatMap((plan) => Object.values(plan.images)))];
}

/** A program with the version that a plan asks for. */
export type PlannedProgram = FoundProgram & { version: string };

/**
 * Writes images, programs and MetalLB's manifest into one tar archive with the sha256 of each part. The images must be in
 * the local Docker. The archive appears whole or not at all.
 */
export async function saveArchive(
  file: string,
  environment: Environment,
  images: readonly string[],
  programs: readonly PlannedProgram[],
): Promise<ArchiveIndex> {
  const folder = await mkdtemp(`${path.resolve(file)}.part-`);
  try {
    const ids = await imageIds(images);
    // saved by the names that they shall have: an image that was pulled by digest alone has no tag
    for (const image of images) if (image.includes('@')) await docker(['tag', image, withoutDigest(image)]);
    const names = images.map(withoutDigest);
    await docker(['save', '-o', path.join(folder, 'images.tar'), ...names], { timeout: 1200 });
    await writeFile(path.join(folder, 'metallb.yaml'), await readManifest(environment));
    for (const { name, path: from } of programs) await copyFile(from, path.join(folder, name));
    const archived = async (part: string): Promise<ArchivedFile> => {
      return { file: part, sha256: await checksumOf(path.join(folder, part)) };
    };
    const { istio, kubernetes, hub, tag } = environment.request;
    const index: ArchiveIndex = {
      version: 1,
      environment: environment.name,
      request: { istio, kubernetes, hub, tag },
      images: images.map((name) => ({ name, id: ids.get(name)! })),
      imagesFile: await archived('images.tar'),
      programs: await Promise.all(
        programs.map(async ({ name, version }) => ({ name, version, ...(await archived(name)) })),
      ),
      manifest: { ...(await archived('metallb.yaml')), pinned: environment.metallbManifestSha256 },
    };
    await writeFile(path.join(folder, 'index.json'), `${JSON.stringify(index, null, 2)}\n`);
    const parts = ['index.json', ...programs.map(({ name }) => name), 'metallb.yaml', 'images.tar'];
    await tar.create({ file: path.join(folder, 'archive.tar'), cwd: folder }, parts);
    await rename(path.join(folder, 'archive.tar'), file);
    return index;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Unpacks an archive, verifies every part, gives them to `use`, and removes what it unpacked. Exit 4 when it is damaged. */
export async function withArchive<T>(
  file: string,
  use: (index: ArchiveIndex, folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(`${path.resolve(file)}.open-`);
  try {
    const damaged = (message: string, cause?: unknown): MeshproofError =>
      new MeshproofError(message, exitCode.environment, {
        where: file,
        expected: 'an archive of `meshproof images save`, whole',
        remedy: 'copy it again, or save it again',
        cause,
      });
    let index: ArchiveIndex;
    try {
      await tar.extract({ file, cwd: folder });
      index = JSON.parse(await readFile(path.join(folder, 'index.json'), 'utf8')) as ArchiveIndex;
    } catch (cause) {
      throw damaged(`the archive cannot be read: ${(cause as Error).message}`, cause);
    }
    for (const part of [index.imagesFile, index.manifest, ...index.programs]) {
      const actual = await checksumOf(path.join(folder, part.file)).catch(() => 'missing');
      if (actual !== part.sha256) {
        throw damaged(`${part.file} in the archive is damaged: its sha256 is ${actual}, expected ${part.sha256}`);
      }
    }
    return await use(index, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Puts an archive's images into the local Docker, and its programs and manifest where downloads are kept. */
export async function loadArchive(index: ArchiveIndex, folder: string): Promise<void> {
  await docker(['load', '-q', '-i', path.join(folder, index.imagesFile.file)], { timeout: 1200 });
  const loaded = await imageIds(index.images.map(({ name }) => withoutDigest(name)));
  const wrong = index.images.filter(({ name, id }) => loaded.get(withoutDigest(name)) !== id);
  if (wrong.length > 0) {
    throw new MeshproofError(
      `not the images that were saved: ${wrong.map(({ name }) => name).join(', ')}`,
      exitCode.environment,
      { expected: wrong.map(({ id }) => id).join(', ') },
    );
  }
  for (const { name, version, file } of index.programs) {
    await addProgram(name, version, path.join(folder, file));
  }
  const { pinned, file } = index.manifest;
  if (pinned) await keepFile(`metallb-${pinned}.yaml`, await readFile(path.join(folder, file), 'utf8'));
}

/**
 * Puts an archive's programs and manifest below a folder as a mirror serves them, `<host>/<path>` of each public address
 * with its checksum file, and the images beside them as images.tar.
 */
export async function layOut(
  index: ArchiveIndex,
  folder: string,
  environment: Environment,
  target: string,
): Promise<void> {
  const below = async (address: string): Promise<string> => {
    const file = inMirror(address, path.resolve(target));
    await mkdir(path.dirname(file), { recursive: true });
    return file;
  };
  for (const { name, version, file } of index.programs) {
    const { url, sha256 } = environment.programs[name];
    if (!url) continue;
    const place = await below(fill(url, version));
    if (/\.(tar\.gz|tgz)$/.test(place)) {
      await tar.create({ file: place, cwd: folder, gzip: true, portable: true }, [file]);
    } else await copyFile(path.join(folder, file), place);
    if (!sha256?.startsWith('http')) continue;
    const line = `${await checksumOf(place)}  ${path.basename(place)}\n`;
    await writeFile(await below(fill(sha256, version)), line);
  }
  const { metallbManifest } = environment;
  if (/^https?:/.test(metallbManifest)) {
    await copyFile(path.join(folder, index.manifest.file), await below(metallbManifest));
  }
  await copyFile(path.join(folder, index.imagesFile.file), path.join(target, 'images.tar'));
}

/** Pushes images of the local Docker to a registry, path and tag kept; returns each with its digest there. */
export async function pushImages(images: readonly string[], registry: string): Promise<Map<string, string>> {
  const pushed = new Map<string, string>();
  const there = await imageIds([...images, ...images.map(withoutDigest)]);
  for (const image of images) {
    const target = inRegistry(withoutDigest(image), registry);
    const local = there.has(image) ? image : withoutDigest(image);
    await docker(['tag', local, target]);
    try {
      const output = await docker(['push', target], { timeout: 1200 });
      const digest = /digest: (sha256:[0-9a-f]{64})/.exec(output)?.[1];
      pushed.set(image, digest ? `${target}@${digest}` : target);
    } catch (cause) {
      throw new MeshproofError(`image ${image} cannot be pushed: ${(cause as Error).message}`, exitCode.environment, {
        where: target,
        remedy: `see that ${registry} can be reached and written to; docker login ${registry.split('/')[0]}`,
        cause,
      });
    }
  }
  return pushed;
}
