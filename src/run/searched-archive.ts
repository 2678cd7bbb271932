import { link, stat } from 'node:fs/promises';
import path from 'node:path';
import * as tar from 'tar';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { fileProblem } from '../kernel/file-problem.js';
import { asShown } from '../kernel/project-files.js';
import { scanForSecrets } from '../kernel/secrets/secret-scan.js';
import { describeLeaks } from './report-folder.js';
import { inScratchFolder } from './scratch-folder.js';

/** What goes into an archive. */
export interface Content {
  /** The folder that `entries` are in. */
  folder: string;
  /** Files and folders, relative to it. */
  entries: readonly string[];
  /** The folder that they are in when they are unpacked. */
  name: string;
}

/**
 * Writes a .tar.gz that has been searched for secrets as reports are; it appears whole or not at all, and overwrites nothing. Returns
 * its bytes. Throws (exit 6) where there is a secret in it, (exit 2) where the file exists already, and (exit 4) where it cannot be written.
 */
export async function writeSearched(target: string, { folder, entries, name }: Content): Promise<number> {
  const file = path.resolve(target);
  const where = asShown(file);
  const taken = new MeshproofError('the file exists already', exitCode.usage, { where, remedy: 'choose another name' });
  if (await stat(file).catch(() => undefined)) throw taken;
  const beside = path.join(path.dirname(file), `.${path.basename(file)}.part-`);
  try {
    return await inScratchFolder(beside, async (scratch) => {
      const made = path.join(scratch, path.basename(file));
      await tar.create({ file: made, cwd: folder, prefix: name, gzip: true, portable: true }, [...entries]);
      const leaks = await scanForSecrets(scratch);
      if (leaks.length > 0)
        throw new MeshproofError(`secrets in the archive: ${describeLeaks(leaks)}`, exitCode.gate, {
          expected: 'an archive without private keys, tokens or other secrets',
          remedy: 'nothing was written; find the source of the secret in these files',
        });
      // unlike a renaming, a link does not replace a file that has come in between
      await link(made, file);
      return (await stat(file)).size;
    });
  } catch (error) {
    if (error instanceof MeshproofError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw taken;
    throw fileProblem(error, where);
  }
}
