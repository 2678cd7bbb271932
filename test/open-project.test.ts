import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { allChecks } from '../src/check/check-list.js';
import { checksFile, useChecks } from '../src/check/project-checks.js';
import { openProject } from '../src/engine/open-project.js';
import { reportsFolder, useReportsFolder } from '../src/engine/report-paths.js';
import { allFaults } from '../src/fault/fault-list.js';
import { useFaults } from '../src/fault/project-faults.js';
import { exitCode, MeshproofError } from '../src/kernel/errors.js';
import { allPacks, usePacks } from '../src/kernel/packs.js';
import { scaled, scaleTimeLimits } from '../src/kernel/time-limits.js';
import { readTopology } from '../src/topology/parse-topology.js';

let folder: string;
beforeEach(() => void (folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'meshproof-project-')))));
afterEach(() => {
  usePacks([]);
  useFaults([]);
  useChecks([], '');
  useReportsFolder(undefined);
  scaleTimeLimits(1);
  rmSync(folder, { recursive: true });
});

function write(file: string, text: string): string {
  const where = path.join(folder, file);
  mkdirSync(path.dirname(where), { recursive: true });
  writeFileSync(where, text);
  return where;
}
const config = (text: string): string => write('meshproof.config.mjs', `export default ${text};\n`);

async function refusal(file: string): Promise<string> {
  const error = await openProject(file).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(MeshproofError);
  expect((error as MeshproofError).code).toBe(exitCode.usage);
  expect((error as MeshproofError).where).toContain(path.basename(file));
  return (error as MeshproofError).describe();
}

test('what a project has is known, with paths relative to its configuration', async () => {
  write('own/single.yaml', 'description: mine\nclusters:\n  - name: mine\n    network: n\n    helloworld: [v1]\n');
  const file = config(`{
    topologies: './own', environment: './env.yaml', images: 'images.yaml', knownIssues: 'known.yaml', reports: './out',
    installer: 'helm', timeouts: { scale: 3 },
    faults: [{ id: 'own', title: 'x', names: 'none yet', manifests: [], fails: () => ({}), passes: [] }],
    checks: [{ id: 'F-OWN', title: 'x', hop: 'route', reads: [], look: async () => ({ is: 'holds' }) }],
  }`);
  const known = path.join(folder, 'known.yaml');
  expect(await openProject(file)).toEqual({
    environment: path.join(folder, 'env.yaml'),
    environmentFrom: file,
    images: path.join(folder, 'images.yaml'),
    installer: 'helm',
    knownIssues: known,
  });
  expect(readTopology('single')).toMatchObject({ name: 'single', description: 'mine' });
  expect(allPacks().at(-1)).toEqual({ root: folder, topologies: path.join(folder, 'own'), behaviours: undefined });
  expect([allFaults().at(-1)!.id, allChecks().at(-1)!.id, checksFile()]).toEqual(['own', 'F-OWN', file]);
  expect([reportsFolder(), scaled(10)]).toEqual([path.join(folder, 'out'), 30]);
});

test('the folders of topologies and behaviours have usual names', async () => {
  write('topologies/x.yaml', '');
  write('behaviours/OWN-1.spec.ts', '');
  expect(await openProject(config('{}'))).toEqual({});
  expect(allPacks().at(-1)).toEqual({
    root: folder,
    topologies: path.join(folder, 'topologies'),
    behaviours: path.join(folder, 'behaviours'),
  });
});

test.each([
  ['a key that nobody knows', '{ topologys: 1 }', /"topologys"/],
  ['a folder that is not there', "{ topologies: './none' }", /topologies: there is no folder .*none/],
  ['a scale of 0', '{ timeouts: { scale: 0 } }', /timeouts\.scale: is too small; allowed: 0\.1 to 100/],
  [
    'a fault without a finding',
    "{ faults: [{ id: 'x', title: 'x', manifests: [], fails() {}, passes: [] }] }",
    /faults\.0/,
  ],
  [
    'a check with another id',
    "{ checks: [{ id: 'own', title: 'x', hop: 'route', reads: [], look() {} }] }",
    /checks\.0/,
  ],
  ['an installer that does not exist', "{ installer: 'sail' }", /installer: is not a valid installer/],
  ['nothing', 'undefined', /default export/],
])('%s is refused', async (_, text, message) => expect(await refusal(config(text))).toMatch(message));

test('a file that is missing, or cannot be loaded, is refused with what to do', async () => {
  expect(await refusal(path.join(folder, 'none.mjs'))).toContain('the file does not exist');
  const other = write('other.mjs', "import 'meshproof';\nexport default {};\n");
  expect(await refusal(other)).toContain('to do: install meshproof in this project: npm install --save-dev meshproof');
});
