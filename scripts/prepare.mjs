import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const installStamp = join(root, 'node_modules/.meshproof-stamp');
const buildStamp = join(root, 'dist/.stamp');

/**
 * Installs the dependencies and compiles src/ where they are missing or stale; costs some 20 ms when they are not.
 * Ends the process with exit code 4 when that fails.
 */
export async function prepare() {
  if (installed() && built()) return;
  const onWait = (pid) => say(`waiting for process ${pid}, which is installing or building in the same folder`);
  const done = await withLock(join(root, 'dist/.lock'), onWait, async () => {
    if (!installed()) {
      // NODE_ENV=production must not leave out what builds and runs the suites
      if (!(await step('installing dependencies', 'npm', ['ci', '--include=dev', '--no-audit', '--no-fund'])))
        return false;
      writeFileSync(installStamp, lockHash());
    }
    if (!built()) {
      // read before: a file that changes during the build makes the result stale
      const hash = sourceHash();
      const tsc = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'];
      if (!(await step('building', process.execPath, tsc))) return false;
      writeFileSync(buildStamp, hash);
    }
    return true;
  });
  if (!done) process.exit(4);
}

function installed() {
  const hash = lockHash();
  if (read(installStamp) === hash) return true;
  if (!installedByHand()) return false;
  writeFileSync(installStamp, hash);
  return true;
}

/** True after somebody's own `npm ci`: npm's note of what it installed says the same as the lock file. */
function installedByHand() {
  const note = read(join(root, 'node_modules/.package-lock.json'));
  if (note === undefined) return false;
  const there = JSON.parse(note).packages;
  const { '': _project, ...wanted } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return (
    Object.keys(there).every((path) => path in wanted) &&
    // optional packages for other systems are left out by npm
    Object.entries(wanted).every(([path, { integrity, optional }]) =>
      path in there ? there[path].integrity === integrity : optional === true,
    )
  );
}

function built() {
  return read(buildStamp) === sourceHash();
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

/** Of contents, not times: a checkout of another commit sets times in any order. */
function sourceHash() {
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256');
  for (const file of [
    ...sources,
    ...['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'].map((f) => join(root, f)),
  ]) {
    hash
      .update(`${file.slice(root.length)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Says what is done and how long it took; the program's own output is shown only when it fails. */
async function step(title, program, args) {
  say(`${title} ...`);
  const start = Date.now();
  const { code, output } = await new Promise((resolve) => {
    let text = '';
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (data) => (text += data));
    child.stderr.on('data', (data) => (text += data));
    child.on('error', (error) => resolve({ code: error.code ?? error.message, output: text }));
    child.on('close', (exit, signal) => resolve({ code: exit ?? signal, output: text }));
  });
  const seconds = `${((Date.now() - start) / 1000).toFixed(1)} s`;
  if (code === 0) {
    say(`${title}: done (${seconds})`);
    return true;
  }
  const command = [program, ...args].join(' ');
  process.stderr.write(output);
  const why = code === 'ENOENT' ? `${program} is not on PATH` : `${code}; its output is above`;
  say(`${title} failed after ${seconds} (${why})\n  command: ${command}\n  folder: ${root}`);
  return false;
}

function say(text) {
  process.stderr.write(`meshproof: ${text}\n`);
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
