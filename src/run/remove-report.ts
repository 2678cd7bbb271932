import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { privateFolder, removeEmpty } from './abandoned-reports.js';

/**
 * Removes a report. It first leaves the folder of all reports as a whole, so that a kill in the middle leaves no half of a report
 * there; the next run removes the rest.
 */
export async function removeReport(root: string, id: string): Promise<void> {
  const folder = privateFolder(root);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let leaving = join(folder, id);
  await rename(join(root, id), leaving).catch((error: NodeJS.ErrnoException) => {
    // the folder of reports is a file system of its own
    if (error.code !== 'EXDEV') throw error;
    leaving = join(root, id);
  });
  await rm(leaving, { recursive: true, force: true });
  removeEmpty(folder);
}
