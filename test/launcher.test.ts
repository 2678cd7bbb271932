import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** Milliseconds for a test that starts the compiler, on a busy machine. */
const compiling = 30_000;

// a project of one source file with no dependency to install, compiled by the real compiler; it brings no Node.js
const folder = mkdtempSync(path.join(tmpdir(), 'meshproof-launcher-'));
const project = path.join(folder, 'project');
const launcher = path.join(project, 'meshproof');
const main = path.join(project, 'src/cli/main.ts');
// the Node.js of the tests stands for one that somebody has on PATH
process.env['PATH'] = `${path.dirname(process.execPath)}:${process.env['PATH']}`;

beforeAll(() => {
  const own = ['launch.mjs', 'own-node.mjs', 'prepare.mjs', 'lock.mjs', 'find-node'].map((file) => `scripts/${file}`);
  for (const file of ['meshproof', ...own]) cpSync(file, path.join(project, file));
  cpSync('package.json', path.join(project, 'package.json'));
  write('package-lock.json', '{ "packages": { "": {} } }');
  write('node_modules/.package-lock.json', '{ "packages": {} }');
  symlinkSync(path.resolve('node_modules/typescript'), path.join(project, 'node_modules/typescript'));
  write('tsconfig.json', '{}');
  write(
    'tsconfig.build.json',
    '{ "compilerOptions": { "rootDir": ".", "outDir": "dist", "types": [], "lib": ["ES5"], "skipLibCheck": true }, "include": ["src"] }',
  );
  write('src/cli/main.ts', '// @ts-ignore\nconsole.log(JSON.stringify(process.argv.slice(2)));\nexport {};\n');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(project, file)), { recursive: true });
  writeFileSync(path.join(project, file), text);
}

test(
  'two at once build once, over a lock whose owner is gone, and pass their arguments on unchanged',
  async () => {
    mkdirSync(path.join(project, 'dist/.lock'), { recursive: true });
    writeFileSync(path.join(project, 'dist/.lock/4194399-1'), '');
    const both = await Promise.all([execa(launcher, ['one two', '--x']), execa(launcher, ['three'])]);
    expect(both.map((result) => JSON.parse(result.stdout))).toEqual([['one two', '--x'], ['three']]);
    expect(
      both
        .map((result) => result.stderr)
        .join('\n')
        .match(/building: done/g),
    ).toHaveLength(1);
  },
  compiling,
);

test(
  'what a build that fails has left is not used, even when the sources are as they were before it',
  async () => {
    await execa(launcher, ['x']);
    const entry = path.join(project, 'dist/src/cli/main.js');
    const [source, built] = [path.join(project, 'src/cli/main.ts'), readFileSync(entry, 'utf8')];
    const before = readFileSync(source, 'utf8');
    writeFileSync(source, `${before}\nconst wrong: number = 'text';\n`);
    expect(await execa(launcher, ['x'], { reject: false })).toMatchObject({ exitCode: 4 });
    writeFileSync(source, before);
    expect((await execa(launcher, ['x'])).stderr).toContain('building: done');
    expect(readFileSync(entry, 'utf8')).toBe(built);
  },
  compiling,
);

test('works through a chain of symbolic links from another folder, and builds nothing again', async () => {
  symlinkSync(launcher, path.join(folder, 'absolute'));
  symlinkSync('absolute', path.join(folder, 'relative'));
  const { stdout, stderr } = await execa(path.join(folder, 'relative'), ['x'], { cwd: tmpdir() });
  expect({ stdout, stderr }).toEqual({ stdout: '["x"]', stderr: '' });
});

test(
  'what has changed is built again; a build that fails shows the compiler output and exits 4',
  async () => {
    const good = readFileSync(main, 'utf8');
    writeFileSync(main, `${good}const text: string = 1;\n`);
    const { exitCode, stdout, stderr } = await execa(launcher, [], { reject: false });
    writeFileSync(main, good);
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
    expect(stderr).toContain("Type 'number' is not assignable to type 'string'");
    await execa(launcher);
  },
  compiling,
);

test('npm installs all that is needed, in a Node.js that it does not replace, once for each kind of machine', async () => {
  const stamp = path.join(project, 'node_modules/.meshproof-stamp');
  const good = readFileSync(stamp, 'utf8');
  // what a machine of another kind has installed here
  writeFileSync(stamp, 'stale');
  writeFileSync(path.join(project, 'node_modules/.package-lock.json'), '{ "packages": { "node_modules/other": {} } }');
  const stub = path.join(folder, 'npm');
  mkdirSync(stub);
  const asked = path.join(folder, 'asked');
  writeFileSync(path.join(stub, 'npm'), `#!/bin/sh\necho "$PATH $*" >> ${asked}\n`, { mode: 0o755 });
  const own = path.join(project, 'node_modules/.bin');
  const env = { PATH: `${own}:${stub}:${process.env['PATH']}` };
  for (let start = 0; start < 2; start++) expect((await execa(launcher, ['x'], { env })).stdout).toBe('["x"]');
  expect(readFileSync(stamp, 'utf8')).toBe(good);
  expect(readFileSync(asked, 'utf8')).toMatch(
    new RegExp(`^${stub}:.* ci --include=dev --include=optional --engine-strict=false --no-audit --no-fund\n$`),
  );
  const other = '--import=data:text/javascript,Object.defineProperty(process,`arch`,{value:`riscv64`})';
  await execa(launcher, ['x'], { env: { ...env, NODE_OPTIONS: other } });
  expect(readFileSync(asked, 'utf8').match(/\n/g)).toHaveLength(2);
  writeFileSync(stamp, good);
});
