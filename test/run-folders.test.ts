import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import {
  createRun,
  listRuns,
  removeRun,
  removeUnfinished,
  runFolder,
  sharedSecretsFile,
  takeLease,
} from '../src/run/run-folders.js';
import { newestLease } from './helpers/newest-lease.js';
import { root, useStateFolder } from './helpers/state-folder.js';

const runId = 'kaaaaaaaa1';

useStateFolder();

const runsFolder = (): string => path.join(root, 'runs');

describe('a folder below runs/', () => {
  test.each(['../../victim', '..', '', 'Train.final', 'kaaaaaaaa1/..', 'kaaaaaaaa', '1aaaaaaaaa', 'kaaaaaaaa1\n'])(
    'has no place for the run id %j',
    (id) => {
      for (const use of [() => runFolder(id), () => takeLease(id), () => removeRun(id), () => createRun(id)])
        expect(use).toThrow('is not a valid run id');
    },
  );

  test('is a run only with a lease or a state file of ours, and nothing else there is touched', () => {
    createRun(runId);
    mkdirSync(path.join(runsFolder(), 'exp-2024'));
    // the form of an id, and files of the same names as ours
    for (const [name, file, text] of [
      ['experiment', 'state.json', '{"epoch": 3}'],
      ['trainingab', 'lease.json', '{"until": "2027"}'],
      ['evaluation', 'events.out', ''],
      ['checkpoint', 'state.json', '{"runId": "somebodyxx"}'],
    ] as const) {
      mkdirSync(path.join(runsFolder(), name));
      writeFileSync(path.join(runsFolder(), name, file), text);
    }
    writeFileSync(path.join(runsFolder(), 'README.md'), '');
    writeFileSync(path.join(runsFolder(), 'plainfilex'), '');
    symlinkSync('/nowhere', path.join(runsFolder(), 'danglingxx'));
    expect(listRuns()).toEqual([runId]);
    const before = readdirSync(runsFolder(), { recursive: true }).sort();
    for (const name of ['experiment', 'trainingab', 'evaluation', 'checkpoint', 'plainfilex'])
      expect(() => takeLease(name, { force: true })).toThrow('neither a lease nor a state file');
    removeUnfinished();
    expect(readdirSync(runsFolder(), { recursive: true }).sort()).toEqual(before);
  });

  test('is a run by its state file alone, and by the lease of an older version', () => {
    for (const [id, file, content] of [
      ['kaaaaaaaa2', 'state.json', { version: 1, runId: 'kaaaaaaaa2' }],
      ['kaaaaaaaa3', 'lease.json', { pid: 1, processStart: '', host: 'a', command: 'up', kept: true }],
    ] as const) {
      mkdirSync(path.join(runsFolder(), id), { recursive: true });
      writeFileSync(path.join(runsFolder(), id, file), JSON.stringify(content));
    }
    expect(listRuns()).toEqual(['kaaaaaaaa2', 'kaaaaaaaa3']);
  });

  test('that was being made or removed by a process that is gone is removed, one of a living process is not', async () => {
    createRun(runId);
    const gone = await execa('sh', ['-c', 'echo $$']);
    const dead = path.join(runsFolder(), `.unfinished-kaaaaaaaa2-${gone.stdout}-0123abcd`);
    const living = path.join(runsFolder(), `.unfinished-kaaaaaaaa3-${process.pid}-0123abcd`);
    for (const folder of [dead, living]) mkdirSync(path.join(folder, 'kubeconfigs'), { recursive: true });
    removeUnfinished();
    expect([dead, living, runFolder(runId)].map((folder) => existsSync(folder))).toEqual([false, true, true]);
  });

  test('has no secrets for the processes of a suite when the suite was killed', () => {
    createRun(runId);
    const file = sharedSecretsFile(runId);
    writeFileSync(file, '');
    takeLease(runId);
    removeUnfinished();
    expect(existsSync(file)).toBe(true);
    const lease = newestLease(runId);
    const owner = JSON.parse(readFileSync(lease, 'utf8')) as { pid: number };
    writeFileSync(lease, JSON.stringify({ ...owner, pid: 2 ** 22 + 1 }));
    removeUnfinished();
    expect(existsSync(file)).toBe(false);
  });
});
