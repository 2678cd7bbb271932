import { copyFile, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as tar from 'tar';
import { exitCode, MeshproofError, type ErrorDetails } from '../kernel/errors.js';
import { inRegistry, withoutDigest } from './registry-names.js';
import type { Environment } from '../topology/environment-types.js';
import type { ChartSource, Plan } from '../topology/plan-types.js';
import { readIndex, type ArchiveIndex } from './archive-index.js';
import { refuseUnpinned } from './archive-pins.js';
import { chartSource, keepCharts, packCharts } from './charts.js';
import { checksumOf } from './checksum.js';
import { docker, imageIds } from '../kernel/docker.js';
import { imageContents } from './image-content.js';
import { addTags, refuseOtherImages } from './image-tags.js';
import { readManifest } from './metallb-manifest.js';
import { addProgram, keepFile } from './program-cache.js';
import type { FoundProgram } from './programs.js';
import { inScratchFolder } from '../run/scratch-folder.js';
import { savedImages, wholeName, type SavedImage } from './saved-images.js';

/** Every image that plans need, and may need for single behaviours; with its digest where the environment has one. */
export function imagesOf(plans: readonly Plan[]): string[] {
  return [
    ...new Set(
      plans.flatMap(({ images, controlPlanes }) => {
        const istio = controlPlanes.map(({ images: { 'istio-cni': cni, ...own }, cni: used }) => [
          ...Object.values(own),
          ...(used ? [cni] : []),
        ]);
        return [...Object.values(images), ...istio.flat()];
      }),
    ),
  ];
}

/** A program with the version that a plan asks for. */
export type PlannedProgram = FoundProgram & { version: string };

/**
 * Writes images, programs, charts and MetalLB's manifest into one tar archive with the sha256 of each part. The images must be in
 * the local Docker. The archive appears whole or not at all.
 */
export async function saveArchive(
  file: string,
  environment: Environment,
  images: readonly string[],
  programs: readonly PlannedProgram[],
  charts: readonly ChartSource[],
): Promise<ArchiveIndex> {
  return inScratchFolder(`${path.resolve(file)}.part-`, async (folder) => {
    const [ids, contents] = await Promise.all([imageIds(images), imageContents(images)]);
    // saved by the names that they shall have: an image that was pulled by digest alone has no tag
    const pinned = images.filter((image) => image.includes('@'));
    await addTags(pinned.map((image) => ({ image, tag: withoutDigest(image) })));
    const names = images.map(withoutDigest);
    await docker(['save', '-o', path.join(folder, 'images.tar'), ...names], { timeout: 1200 });
    await writeFile(path.join(folder, 'metallb.yaml'), await readManifest(environment));
    const archived = async (part: string) => ({ file: part, sha256: await checksumOf(path.join(folder, part)) });
    const saved = await Promise.all(
      programs.map(async ({ name, version, path: from, packed }) => {
        // a checksum that is published is that of the download
        const file = `${name}-${version}${packed ? '.tar.gz' : ''}`;
        await copyFile(packed ?? from, path.join(folder, file));
        return { name, version, ...(await archived(file)), ...(packed ? { packed: true } : {}) };
      }),
    );
    const helm = programs.find(({ name }) => name === 'helm')?.path;
    const packed = await Promise.all(
      charts.map(async (source) => {
        const file = `charts-${source.version}.tar.gz`;
        await packCharts(source, path.join(folder, file), helm);
        return { version: source.version, ...(await archived(file)) };
      }),
    );
    const { istio, kubernetes, hub, tag } = environment.request;
    const index: ArchiveIndex = {
      version: 1,
      environment: environment.name,
      request: { istio, kubernetes, hub, tag },
      images: images.map((name) => ({ name, id: ids.get(name)!, content: contents.get(name)! })),
      imagesFile: await archived('images.tar'),
      programs: saved,
      manifest: await archived('metallb.yaml'),
      charts: packed,
    };
    refuseUnpinned(index, environment, file);
    await writeFile(path.join(folder, 'index.json'), `${JSON.stringify(index, null, 2)}\n`);
    const files = [...saved, ...packed].map((part) => part.file);
    const parts = ['index.json', ...files, 'metallb.yaml', 'images.tar'];
    await tar.create({ file: path.join(folder, 'archive.tar'), cwd: folder }, parts);
    await rename(path.join(folder, 'archive.tar'), file);
    return index;
  });
}

/** An archive that was unpacked; every part has the checksum that the index says. */
export interface OpenArchive {
  /** As the user named it. */
  file: string;
  index: ArchiveIndex;
  /** Where its parts are. */
  folder: string;
}

/** What is wrong with an archive. */
export function archiveError(file: string, message: string, more: Partial<ErrorDetails> = {}): MeshproofError {
  return new MeshproofError(message, exitCode.usage, {
    where: file,
    expected: 'a complete archive of `meshproof images save`',
    remedy: 'copy it again, or save it again',
    ...more,
  });
}

/** Unpacks an archive, verifies every part, gives them to `use`, and removes what it unpacked. Exit 2 when something is wrong with it. */
export async function withArchive<T>(file: string, use: (archive: OpenArchive) => Promise<T>): Promise<T> {
  return inScratchFolder(`${path.resolve(file)}.open-`, async (folder) => {
    let index: ArchiveIndex;
    try {
      // nothing but files beside the index: a link could lead anywhere
      const isPart = (entry: string, info: object): boolean =>
        'type' in info && info.type === 'File' && /^(\.\/)?[^/\\]+$/.test(entry);
      const warnings: string[] = [];
      await tar.extract({
        file,
        cwd: folder,
        filter: isPart,
        onwarn: (_, message) => void warnings.push(String(message)),
      });
      if (warnings[0] !== undefined) throw new Error(warnings[0]);
      index = await readIndex(path.join(folder, 'index.json'));
    } catch (cause) {
      throw archiveError(file, `the archive cannot be read: ${(cause as Error).message}`, { cause });
    }
    for (const part of [index.imagesFile, index.manifest, ...index.programs, ...index.charts]) {
      const actual = await checksumOf(path.join(folder, part.file)).catch(() => 'missing');
      if (actual === part.sha256) continue;
      const found = `its sha256 is ${actual}, expected ${part.sha256}`;
      throw archiveError(file, `${part.file} in the archive is damaged: ${found}`);
    }
    return use({ file, index, folder });
  });
}

/**
 * Puts an archive's images into the local Docker, and all else in it where downloads are kept, for the environment.
 * Throws (exit 2) before it changes anything where a part is not the one that the environment pins, or a name of an image is
 * another image's in this Docker; with `force` that name is moved.
 */
export async function loadArchive(
  archive: OpenArchive,
  environment: Environment,
  { force = false } = {},
): Promise<void> {
  const { file: where, index, folder } = archive;
  refuseUnpinned(index, environment, where);
  const images = path.join(folder, index.imagesFile.file);
  const saved = await namesInside(archive);
  if (!force) await refuseOtherImages(saved);
  await docker(['load', '-q', '-i', images], { timeout: 1200 });
  const names = index.images.map(({ name }) => withoutDigest(name));
  const [ids, contents] = await Promise.all([imageIds(names), imageContents(names)]);
  const same = ({ name, id, content }: ArchiveIndex['images'][number]): boolean =>
    content === undefined ? ids.get(withoutDigest(name)) === id : contents.get(withoutDigest(name)) === content;
  const wrong = index.images.filter((image) => !same(image));
  if (wrong.length > 0) {
    throw new MeshproofError(
      `these images differ from the saved ones: ${wrong.map(({ name }) => name).join(', ')}`,
      exitCode.environment,
      {
        expected: 'images with the same layers and configuration as the saved ones',
        remedy: 'remove these images from Docker, then load the archive again',
      },
    );
  }
  for (const { name, version, file, packed = false } of index.programs) {
    await addProgram(name, { ...environment.programs[name], version }, { file: path.join(folder, file), packed });
  }
  for (const { version, file } of index.charts)
    await keepCharts(chartSource(environment, version), path.join(folder, file));
  const { metallbManifestSha256: pinned } = environment;
  if (pinned) await keepFile(`metallb-${pinned}.yaml`, await readFile(path.join(folder, index.manifest.file), 'utf8'));
}

/** The images in an archive's images.tar by name. Those of the index, and no others. */
async function namesInside({ file, index, folder }: OpenArchive): Promise<Map<string, SavedImage>> {
  const saved = await savedImages(path.join(folder, index.imagesFile.file)).catch((cause: Error) => {
    throw archiveError(
      file,
      `${index.imagesFile.file} in the archive is not an image file of docker save: ${cause.message}`,
    );
  });
  const named = new Set(index.images.map(({ name }) => wholeName(withoutDigest(name))));
  const foreign = [...saved.keys()].filter((name) => !named.has(name));
  if (foreign.length === 0) return saved;
  throw archiveError(file, `the archive holds images that its index does not name: ${foreign.join(', ')}`);
}

/**
 * Pushes images of the local Docker to a registry, path and tag kept; returns each with its digest there. Throws (exit 2) before
 * anything is pushed where a name of the registry is another image's in this Docker; with `force` that name is moved.
 */
export async function pushImages(
  images: readonly string[],
  registry: string,
  { force = false } = {},
): Promise<Map<string, string>> {
  const pushed = new Map<string, string>();
  const there = await imageIds([...images, ...images.map(withoutDigest)]);
  const tags = images.map((name) => {
    const image = there.has(name) ? name : withoutDigest(name);
    return { name, image, tag: inRegistry(withoutDigest(name), registry) };
  });
  await addTags(tags, { force });
  for (const { name: image, tag: target } of tags) {
    try {
      const output = await docker(['push', target], { timeout: 1200 });
      const digest = /digest: (sha256:[0-9a-f]{64})/.exec(output)?.[1];
      pushed.set(image, digest ? `${target}@${digest}` : target);
    } catch (cause) {
      throw new MeshproofError(`image ${image} cannot be pushed: ${(cause as Error).message}`, exitCode.environment, {
        where: target,
        remedy: `check that ${registry} can be reached and written to; docker login ${registry.split('/')[0]}`,
        cause,
      });
    }
  }
  return pushed;
}
