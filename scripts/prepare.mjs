import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const installStamp = join(root, 'node_modules/.meshproof-stamp');
/** Folders that are compiled to folders of the same names below dist/. */
const compiled = ['src', 'fixtures', 'suites'];
/** Where npm puts the Node.js of this machine, where there is one for it. */
const ownNode = `node_modules/node-${process.platform}-${process.arch}`;
const buildStamp = join(root, 'dist/.stamp');

/**
 * Installs the dependencies and compiles the sources where they are missing or stale; costs some 20 ms when they are not. Returns
 * whether it has installed. Ends the process with exit code 4 when that fails. `build: false` only installs.
 */
export async function prepare({ build = true } = {}) {
  const ready = () => !build || built();
  if (installed() && ready()) return { installed: false };
  let hasInstalled = false;
  const onWait = (pid) => say(`waiting for process ${pid}, which is installing or building in the same folder`);
  const done = await withLock(join(root, 'dist/.lock'), onWait, async () => {
    if (!installed()) {
      if (!(await step('installing dependencies', 'npm', ['ci', ...npmOptions], npmEnvironment()))) return false;
      writeFileSync(installStamp, installHash());
      hasInstalled = true;
    }
    if (!ready()) {
      // read before: a file that changes during the build makes the result stale
      const hash = sourceHash();
      // a build that fails has written a part of dist/: that of the sources before is there no more
      rmSync(buildStamp, { force: true });
      const tsc = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'];
      if (!(await step('building', process.execPath, tsc))) return false;
      removeOrphans();
      writeFileSync(buildStamp, hash);
    }
    return true;
  });
  if (!done) process.exit(4);
  return { installed: hasInstalled };
}

const npmOptions = [
  // NODE_ENV=production must not leave out what builds and runs the suites, nor Node.js itself
  ...['--include=dev', '--include=optional'],
  // the Node.js that is needed is among what is installed
  '--engine-strict=false',
  ...['--no-audit', '--no-fund'],
];

/** npm must not run in the Node.js that it replaces. */
function npmEnvironment() {
  const ownPrograms = join(root, 'node_modules/.bin');
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => resolve(folder) !== ownPrograms);
  return { ...process.env, PATH: folders.join(delimiter) };
}

function installed() {
  const hash = installHash();
  if (read(installStamp) === hash) return true;
  if (!installedByHand()) return false;
  try {
    writeFileSync(installStamp, hash);
  } catch {
    // a folder that cannot be written to is looked at each time
  }
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
      path in there ? there[path].integrity === integrity : optional === true && path !== ownNode,
    )
  );
}

function built() {
  return read(buildStamp) === sourceHash();
}

/** A folder may be shared by machines of different kinds, which need different packages. */
function installHash() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  return createHash('sha256').update(`${process.platform}-${process.arch}\0`).update(lock).digest('hex');
}

/** Of contents, not times: a checkout of another commit sets times in any order. */
function sourceHash() {
  const sources = compiled.flatMap((folder) => filesBelow(join(root, folder), '.ts')).sort();
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

/** Removes compiled files whose source is gone: Playwright would go on running a behaviour that was removed. */
function removeOrphans() {
  for (const folder of compiled) {
    for (const file of filesBelow(join(root, 'dist', folder), '.js')) {
      const source = join(root, file.slice(join(root, 'dist').length)).replace(/\.js$/, '.ts');
      if (!existsSync(source)) for (const end of ['', '.map']) rmSync(`${file}${end}`, { force: true });
    }
  }
}

/** Files below a folder, where there is one, whose names end so. */
function filesBelow(folder, end) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(end))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Says what is done and how long it took; the program's own output is shown only when it fails. */
async function step(title, program, args, env = process.env) {
  say(`${title} ...`);
  const start = Date.now();
  const { code, output } = await new Promise((resolve) => {
    let text = '';
    const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
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
