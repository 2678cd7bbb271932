import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dirname, isAbsolute, join, relative } from 'node:path';

/** The folder of this program: a checkout or an installed package. The same from src/ and from dist/. */
export const projectFolder = folderWith('package.json', dirname(fileURLToPath(import.meta.url)));

/** True in a checkout, which builds itself; npm leaves the lock file out of a package. */
export const isCheckout = existsSync(join(projectFolder, 'package-lock.json'));

/** How a user starts this program, for commands in messages. */
export const program = isCheckout ? './meshproof' : 'npx meshproof';

/** The version in package.json. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as { version: string }).version;
}

/** The nearest folder, from `folder` upwards, that has the file. */
function folderWith(file: string, folder: string): string {
  return existsSync(join(folder, file)) ? folder : folderWith(file, dirname(folder));
}

/** The environment file that a user means: a bare word is one of meshproof's own, anything else is a path. */
export function environmentFile(nameOrPath: string): string {
  return isPath(nameOrPath) ? nameOrPath : asShown(join(projectFolder, 'environments', `${nameOrPath}.yaml`));
}

/** The bare words that name an environment. */
export function environmentNames(): string[] {
  const files = readdirSync(join(projectFolder, 'environments')).filter((file) => file.endsWith('.yaml'));
  return files.map((file) => file.slice(0, -'.yaml'.length)).sort();
}

/** False for a bare word. */
export function isPath(nameOrPath: string): boolean {
  return /[/\\]|\.ya?ml$/.test(nameOrPath);
}

/** A path as messages show it: relative where the file is below the working directory. */
export function asShown(file: string): string {
  const short = relative(process.cwd(), file);
  return short.startsWith('..') || isAbsolute(short) ? file : short;
}
