import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** SHA-256 of the names and contents of all files below some folders whose names match. */
export function hashOfFiles(folders: readonly string[], names: RegExp): string {
  const hash = createHash('sha256');
  for (const folder of folders.filter((one) => existsSync(one))) {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => names.test(file));
    for (const file of files.sort())
      hash
        .update(file)
        .update('\0')
        .update(readFileSync(path.join(folder, file)));
  }
  return hash.digest('hex');
}
