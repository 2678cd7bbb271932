import { readFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { writeAtomically } from '../kernel/files.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { sha256Of } from '../kernel/sha256.js';

/** Where `images load` and `images push` write which images a run is to use; in the working directory. */
export const imagesFile = 'meshproof-images.yaml';

// the checksum is that of all lines after the first, so that a file that was changed by hand is known
const heading = /^# written by meshproof images, sha256 ([0-9a-f]{64})\n/;

/**
 * Throws (exit 2) where the file is there and is not as meshproof wrote it, unless `force` is set. Asked before anything else is
 * done.
 */
export async function refuseOtherFile({ force = false }: { force?: boolean }): Promise<void> {
  if (force) return;
  let text: string;
  try {
    text = await readFile(imagesFile, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new MeshproofError(`cannot read the file: ${(error as Error).message}`, exitCode.usage, {
      where: imagesFile,
      remedy: 'move it away, or run the command in another folder',
      cause: error,
    });
  }
  const [head = '', written] = heading.exec(text) ?? [];
  if (written === sha256Of(text.slice(head.length))) return;
  throw new MeshproofError('the file was not written by meshproof, or was changed later', exitCode.usage, {
    where: imagesFile,
    expected: 'no file with this name, because the command writes it',
    remedy: 'rename it, or replace it with --force',
  });
}

/** Writes the file, whole or not at all; `images` are names by role. */
export async function writeImagesFile(images: Record<string, string>): Promise<void> {
  const text = stringify(images);
  await writeAtomically(imagesFile, `# written by meshproof images, sha256 ${sha256Of(text)}\n${text}`);
}
