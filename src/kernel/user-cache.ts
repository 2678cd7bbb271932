import { homedir } from 'node:os';
import path from 'node:path';

/** Path in the user's cache folder: what can be made again, and is never written into an installation. */
export function inUserCache(...parts: string[]): string {
  return path.join(process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'meshproof', ...parts);
}
