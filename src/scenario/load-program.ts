import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitCode, MeshproofError } from '../kernel/errors.js';

const folder = fileURLToPath(new URL('load', import.meta.url));

/** The compiled files of the load's program, by name. Throws (exit 4) where they are not compiled. */
export async function loadProgram(): Promise<Record<string, string>> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.js'));
  if (!files.includes('load-main.js')) {
    throw new MeshproofError('the program of the load is not compiled', exitCode.environment, {
      where: folder,
      expected: 'load-main.js and what it imports',
      remedy: 'start meshproof by its own command, which compiles what is stale',
    });
  }
  const texts = await Promise.all(files.map((name) => readFile(path.join(folder, name), 'utf8')));
  return Object.fromEntries(files.map((name, i) => [name, texts[i]!.replace(/^\/\/# sourceMappingURL=.*$/m, '')]));
}
