// Runs the CLI in this process, so that signals reach it directly; plain JavaScript, because nothing is installed yet.
import './own-node.mjs';
import { existsSync, readFileSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Where Node.js keeps what it has compiled: an installed package writes nothing into its own folder. */
function compileCache() {
  if (existsSync(join(root, 'package-lock.json'))) return join(root, 'dist/.compile-cache');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'meshproof/compiled', version);
}

// where that cannot be written to, nothing is kept; Node.js 20 has no such cache
module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE ?? compileCache());
await import('../dist/src/cli/main.js');
