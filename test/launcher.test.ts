import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** Milliseconds for a test that starts the compiler, on a busy machine. */
const compiling = 30_000;

// a project of one source file with no dependency to install, compiled by the real compiler
const folder = mkdtempSync(path.join(tmpdir(), 'meshproof-launcher-'));
const project = path.join(folder, 'project');
const launcher = path.join(project, 'meshproof');
const main = path.join(project, 'src/cli/main.ts');

beforeAll(() => {
  for (const file of ['meshproof', 'scripts/launch.mjs', 'scripts/prepare.mjs', 'scripts/lock.mjs']) {
    cpSync(file, path.join(project, file));
  }
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(project, file)), { recursive: true });
    writeFileSync(path.join(project, file), text);
  };
  write('package.json', '{ "type": "module" }');
  write('package-lock.json', '{ "packages": { "": {} } }');
  write('node_modules/.package-lock.json', '{ "packages": {} }');
  symlinkSync(path.resolve('node_modules/typescript'), path.join(project, 'node_modules/typescript'));
  write('tsconfig.json', '{}');
  write(
    'tsconfig.build.json',
    '{ "compilerOptions": { "rootDir": "src", "outDir": "dist", "types": [], "lib": ["ES5"], "skipLibCheck": true }, "include": ["src"] }',
  );
  write('src/cli/main.ts', '// @ts-ignore\nconsole.log(JSON.stringify(process.argv.slice(2)));\nexport {};\n');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

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
  },
  compiling,
);

test.each([
  ['v18.20.4', 'Node.js is too old', 'v18.20.4'],
  ['v20.18.3', 'Node.js is too old', 'v20.18.3'],
  ['nonsense', 'no version that can be read', 'nonsense'],
])('a node that says %s is refused with exit code 3', async (version, message, found) => {
  const stub = mkdtempSync(path.join(folder, 'stub-'));
  writeFileSync(path.join(stub, 'node'), `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
  const result = await execa(launcher, [], { reject: false, env: { PATH: `${stub}:${process.env['PATH']}` } });
  expect(result.exitCode).toBe(3);
  expect(result.stderr).toContain(message);
  expect(result.stderr).toContain(`found: ${found}`);
  expect(result.stderr).toContain('expected: Node.js 20.19 or newer');
});
