import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dirname, isAbsolute, join, relative } from 'node:path';

/** The project's folder; the same from src/topology and from dist/topology. */
export const projectFolder = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * The file that a user means: a bare word is a file of the project's own folder (`single` is topologies/single.yaml),
 * anything else a path, taken as it is.
 */
export function fileFor(nameOrPath: string, folder: 'topologies' | 'environments'): string {
  if (isPath(nameOrPath)) return nameOrPath;
  const file = join(projectFolder, folder, `${nameOrPath}.yaml`);
  const short = relative(process.cwd(), file);
  return short.startsWith('..') || isAbsolute(short) ? file : short;
}

/** False for a bare word, which names a file of the project's own. */
export function isPath(nameOrPath: string): boolean {
  return /[/\\]|\.ya?ml$/.test(nameOrPath);
}

/** The bare words that name a file of the project's own folder. */
export function namesIn(folder: 'topologies' | 'environments'): string[] {
  const files = readdirSync(join(projectFolder, folder)).filter((file) => file.endsWith('.yaml'));
  return files.map((file) => file.slice(0, -'.yaml'.length)).sort();
}
