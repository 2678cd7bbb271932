// Imported for its effect, before anything else: a checkout installs and builds what is stale; both a checkout and an installed
// package go on in the right Node.js. Runs on Node.js 20, because nothing is installed yet.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const own = join(root, 'node_modules/.bin/node');

const { installed } = await prepareCheckout();
if (installed || mayBeWrong()) {
  const node = findNode();
  // versions are compared, not paths: MESHPROOF_NODE may name a wrapper
  if (printed(spawnSync(node, ['--version'])) !== process.version) await goOnIn(node);
}

/** An installed package has no lock file: npm never packs it. It is complete, and its folder may be read-only. */
async function prepareCheckout() {
  if (!existsSync(join(root, 'package-lock.json'))) return { installed: false };
  const { prepare } = await import('./prepare.mjs');
  return prepare();
}

/** Whether another Node.js than this one may be wanted; cheap, and rarely true. */
function mayBeWrong() {
  if (process.env.MESHPROOF_NODE) return true;
  if (existsSync(own)) return realpathSync(own) !== realpathSync(process.execPath);
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [[major, minor], [neededMajor, neededMinor]] = [process.version, engines.node].map((text) =>
    text.match(/\d+/g).map(Number),
  );
  return major < neededMajor || (major === neededMajor && minor < neededMinor);
}

/** Path of the Node.js that is wanted. Without one, find-node has said so, and the process ends with its exit code. */
function findNode() {
  const found = spawnSync('sh', [join(root, 'scripts/find-node')], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (found.status !== 0) process.exit(found.status ?? 4);
  return printed(found);
}

/** Runs the same program in another Node.js, and ends as it ends. */
function goOnIn(node) {
  // in a terminal a Ctrl-C reaches both; elsewhere the child has a process group of its own and gets signals only from here
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit', detached: !terminal });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (!(terminal && signal === 'SIGINT')) child.kill(signal);
    });
  }
  return new Promise(() => {
    child.on('error', (error) => {
      process.stderr.write(`meshproof: ${node} does not start: ${error.message}\n`);
      process.exit(3);
    });
    child.on('close', (code, signal) => {
      if (!signal) process.exit(code);
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    });
  });
}

function printed({ stdout }) {
  return stdout.toString().trim();
}
