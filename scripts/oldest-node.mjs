// Runs a script in the oldest Node.js that package.json allows; npm installs it into a temporary folder, on Linux.
//   node scripts/oldest-node.mjs node_modules/vitest/vitest.mjs run launcher
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const name = `node-${process.platform}-${process.arch}@${engines.node.replace('>=', '')}.0`;
const folder = mkdtempSync(join(tmpdir(), 'meshproof-oldest-node-'));
try {
  execFileSync('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--engine-strict=false', name], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const programs = join(folder, 'node_modules/.bin');
  const node = join(programs, 'node');
  const env = { ...process.env, MESHPROOF_NODE: node, PATH: [programs, process.env.PATH].join(delimiter) };
  const child = spawn(node, process.argv.slice(2), { cwd: root, env, stdio: 'inherit' });
  // a Ctrl-C in the terminal reaches the script as well
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill());
  const [exitCode] = await once(child, 'close');
  process.exitCode = exitCode ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
