import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Harness } from '../harness/harness.js';
import { startProgram } from '../harness/process.js';

// run by scripts/package-test.mjs, which has packed and installed meshproof
const modules = process.env['PACKAGE_MODULES']!;
const installed = path.join(modules, 'meshproof');

let harness: Harness;
const work = (file: string): string => path.join(harness.folder('work'), file);
const text = (file: string): string => readFileSync(work(file), 'utf8');

/** Every file of the installation, with its size and the time of its last change. */
const inventory = (): string[] =>
  readdirSync(installed, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((file) => {
      const { size, mtimeMs } = statSync(path.join(installed, file));
      return `${file} ${size} ${mtimeMs}`;
    });
let before: string[];

beforeAll(async () => {
  before = inventory();
  harness = await Harness.start({ program: path.join(modules, '.bin', 'meshproof') });
  symlinkSync(modules, work('node_modules'));
});
afterAll(() => harness.close());

/** Runs a command that must end well. */
async function done(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await harness.run(...args);
  expect(`${code} ${stderr}`).toMatch(/^0 /);
  return stdout;
}

test('it has what it needs, and nothing that only a checkout needs', () => {
  const files = before.map((line) => line.split(' ')[0]!);
  for (const file of [
    'LICENSE',
    'CHANGELOG.md',
    'README.md',
    'docs/package.md',
    'dist/src/index.d.ts',
    'dist/behaviours.json',
  ])
    expect(files).toContain(file);
  const unwanted =
    /^(test|container|node_modules|scripts\/(node-runtime|prepare|bench|soak))|tsbuildinfo|package-lock|\.stamp/;
  expect(files.filter((file) => unwanted.test(file))).toEqual([]);
});

test('init writes a project, says what comes next, and overwrites nothing', async () => {
  const said = await done('init');
  expect(said).toContain('meshproof.config.mts');
  expect(said).toMatch(/Next:\n {2}npx meshproof plan two-clusters/);
  expect(said).not.toContain('npm install');
  expect(text('.gitignore')).toContain('reports/\n');
  writeFileSync(work('topologies/two-clusters.yaml'), `${text('topologies/two-clusters.yaml')}# mine\n`);
  writeFileSync(work('.gitignore'), 'mine\nreports');
  expect(await done('init')).toMatch(/two-clusters\.yaml +left as it is/);
  expect(text('topologies/two-clusters.yaml')).toContain('# mine');
  expect(text('.gitignore')).toBe('mine\nreports\nnode_modules/\nrefused/\n.partial-reports/\n');
});

test("the project's own topology, behaviour and fault are known by name, from below its folder too", async () => {
  harness.file(
    'meshproof.config.mts',
    `import { defineCheck, defineConfig, defineFault, outcomeOf } from 'meshproof';
const check = defineCheck({
  id: 'F-OWN-RULE-MISSING', title: 'our rule is missing', hop: 'route', reads: ['configuration'],
  look: async ({ clusters: [{ name }] }) =>
    outcomeOf([{ cluster: name, facts: {}, says: 'our rule is not in ' + name, remedy: 'apply it' }]),
});
const fault = defineFault({
  id: 'own-rule-missing', title: 'the rule of our own is not applied', finding: 'F-OWN-RULE-MISSING',
  manifests: [{ manifest: 'OWN-1', object: 'DestinationRule/own-1', patch: null }],
  fails: () => ({ 'OWN-1': ['cluster1'] }), passes: ['LB-1'],
});
export default defineConfig({ faults: [fault], checks: [check], timeouts: { scale: 0.5 } });
`,
  );
  expect(await done('list')).toContain('two-clusters');
  const behaviours = await done('behaviours');
  expect(behaviours).toMatch(/^OWN-1 .*our rule reaches/m);
  expect(behaviours).toMatch(/^LB-1 /m);
  expect(await done('faults', '--list')).toMatch(/^own-rule-missing /m);
  expect(await done('checks')).toMatch(/^F-OWN-RULE-MISSING /m);
  const below = harness.start(['plan', 'two-clusters'], { cwd: work('topologies') });
  expect((await below.ended).stdout).toContain('two-clusters');
});

test('an own behaviour passes on a mesh that does it, and fails when the mesh is broken by hand', async () => {
  const { runId } = await harness.mesh('two-clusters');
  harness.traffic.admin = () => JSON.stringify({ configs: [{ cluster: { lb_policy: 'RANDOM' } }] });
  await done('test', runId, '--only', 'OWN-1,LB-1');
  const [lb, own] = harness.record().topologies[0]!.behaviours;
  expect([own, lb]).toMatchObject([
    { id: 'OWN-1', verdict: 'passed' },
    { id: 'LB-1', verdict: 'passed' },
  ]);

  // somebody has taken the rule away: the proxies balance as they do without one
  harness.traffic.admin = () => JSON.stringify({ configs: [{ cluster: { lb_policy: 'LEAST_REQUEST' } }] });
  const { code, stdout, stderr } = await harness.run('test', runId, '--only', 'OWN-1,LB-1');
  expect(`${code} ${stdout}${stderr}`).toMatch(
    /^1 [^]*F-OWN-RULE-MISSING: our rule is not in cluster1\n[^]*expected: RANDOM\n +got: LEAST_REQUEST/,
  );
  const [untouched, failed] = harness.record().topologies[0]!.behaviours;
  expect(untouched).toMatchObject({ id: 'LB-1', verdict: 'passed' });
  expect(failed).toMatchObject({ verdict: 'failed', area: 'behaviours' });
  expect(failed!.failures[0]).toMatchObject({ expected: 'RANDOM', got: 'LEAST_REQUEST' });
});

test('the types are those of what is exported', async () => {
  harness.file(
    'wrong.mts',
    "import { defineConfig } from 'meshproof';\nexport default defineConfig({ timeouts: { scale: '2' } });\n",
  );
  const options = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--ignoreConfig',
  ];
  const compiler = path.resolve('node_modules/typescript/bin/tsc');
  const files = ['meshproof.config.mts', 'behaviours/OWN-1.spec.ts', 'wrong.mts'];
  const compiled = startProgram(process.execPath, [compiler, ...options, ...files], { cwd: harness.folder('work') });
  const { stdout } = await compiled.ended;
  expect(stdout.trim().split('\n')).toEqual([expect.stringMatching(/^wrong\.mts\(2,.*'string' is not assignable to/)]);
});

test('a configuration, and a behaviour, that cannot be used are refused with their file', async () => {
  harness.file('bad.mjs', 'export default { timeouts: { scale: 0 }, fauts: [] };\n');
  const bad = await harness.run('list', '--config', 'bad.mjs');
  expect([bad.code, bad.stderr]).toEqual([
    2,
    expect.stringMatching(/bad\.mjs: timeouts\.scale: is too small[^]*"fauts"/),
  ]);
  harness.file('behaviours/LB-1.spec.ts', text('behaviours/OWN-1.spec.ts'));
  const twice = await harness.run('behaviours');
  expect([twice.code, twice.stderr]).toEqual([2, expect.stringContaining('two behaviours have the id LB-1')]);
});

test('an installation that is too old for its Node.js says so', async () => {
  const folder = path.join(harness.root, 'old-node');
  harness.file('../old-node/node', '#!/bin/sh\necho v20.19.0\n');
  chmodSync(path.join(folder, 'node'), 0o755);
  const old = await harness.start(['list'], { env: { PATH: `${folder}:${harness.env['PATH']}` } }).ended;
  expect([old.code, old.stderr]).toEqual([3, expect.stringMatching(/Node\.js is too old[^]*to do: install it from/)]);
});

test('nothing was written into the installation', () => expect(inventory()).toEqual(before));
