import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { docker } from '../../kernel/docker.js';
import { committedChecksums } from './lab-checksums.js';
import { definitions } from './lab-home.js';

/** Label of an image of the lab: a hash of what it was made of. */
export const definitionLabel = 'dev.meshproof.lab.definition';

/** What an image is made of. */
export interface Definition {
  /** Folders below lab/images. */
  folders: readonly string[];
  /** Names of the programs in it. */
  programs: readonly string[];
  /** Build arguments of its Dockerfile. */
  args?: Record<string, string>;
}

/** Hash of an image's definition: of the files of its folders, the checksums of its programs, and its arguments. */
export async function hashOf({ folders, programs, args = {} }: Definition, root = definitions): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of folders) {
    const entries = await readdir(path.join(root, 'images', folder), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
    for (const file of files.sort()) {
      hash.update(`${path.relative(root, file)}\0`).update(await readFile(file));
    }
  }
  const sums = committedChecksums(path.join(root, 'SHA256SUMS'));
  hash.update(JSON.stringify([programs.map((name) => [name, sums.get(name) ?? []]), Object.entries(args)]));
  return hash.digest('hex').slice(0, 16);
}

/** Those of `images` that are not in the local Docker as their definitions say: they are missing, or of other definitions. */
export async function outdatedImages<Image extends { name: string }>(
  images: readonly Image[],
  definitionOf: (image: Image) => Definition,
): Promise<Image[]> {
  const current = await Promise.all(
    images.map(async (image) => (await labelOf(image.name)) === (await hashOf(definitionOf(image)))),
  );
  return images.filter((_, i) => !current[i]);
}

function labelOf(image: string): Promise<string | undefined> {
  const format = `{{index .Config.Labels "${definitionLabel}"}}`;
  return docker(['image', 'inspect', '-f', format, image]).catch(() => undefined);
}
