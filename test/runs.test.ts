import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa, type ResultPromise } from 'execa';
import { describe, expect, test } from 'vitest';
import { ownerState, self, type Lease } from '../src/run/lease.js';
import {
  createRun,
  hasLivingOwner,
  isLive,
  leaseOf,
  newRunId,
  releaseLease,
  removeRun,
  runFolder,
  takeLease,
} from '../src/run/run-folders.js';
import { newestLease } from './helpers/newest-lease.js';
import { useStateFolder } from './helpers/state-folder.js';

const runId = 'kaaaaaaaa1';

useStateFolder();

/** Gives the lease to another process. */
function owner(change: Partial<Lease>): void {
  writeFileSync(
    newestLease(runId),
    JSON.stringify({ ...(JSON.parse(readFileSync(newestLease(runId), 'utf8')) as Lease), ...change }),
  );
}

function startOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!;
}

describe('a lease', () => {
  test('of a process that runs cannot be taken, kept or not, not even by force', async () => {
    createRun(runId);
    const other = execa('sleep', ['60'], { reject: false });
    for (const kept of [false, true]) {
      owner({ pid: other.pid!, processStart: startOf(other.pid!), kept, command: 'test' });
      for (const force of [false, true])
        expect(() => takeLease(runId, { force })).toThrow(
          `run ${runId} is in use by process ${other.pid} (meshproof test)`,
        );
    }
    other.kill('SIGKILL');
    await other;
    expect(() => takeLease(runId)).not.toThrow();
  });

  test('of a process id that another program has now has no owner', () => {
    createRun(runId);
    owner({ pid: 1, processStart: 'earlier' });
    expect(hasLivingOwner(runId)).toBe(false);
  });

  test('that is kept outlives a process that is killed; one of a run that is being removed does not', () => {
    createRun(runId);
    takeLease(runId, { kept: true });
    owner({ processStart: 'earlier' });
    expect(isLive(runId)).toBe(true);
    takeLease(runId);
    owner({ processStart: 'earlier' });
    expect(isLive(runId)).toBe(false);
  });

  test('that was given up is in use by nobody, also as seen from another host', () => {
    createRun(runId);
    releaseLease(runId);
    owner({ host: 'elsewhere', boot: 'other' });
    expect([isLive(runId), hasLivingOwner(runId)]).toEqual([true, false]);
    expect(() => takeLease(runId)).not.toThrow();
  });

  test.each([
    ['another host', { host: 'elsewhere', boot: 'other' }],
    ['another host, with the process id of this process', { host: 'elsewhere', boot: 'other', pid: process.pid }],
    ['an older version, on another host', { host: 'elsewhere', boot: undefined, pid: process.pid }],
    ['another container of this machine', { pidNamespace: 'pid:[1]' }],
  ])('of %s is taken by force only', (_, change) => {
    createRun(runId);
    owner(change);
    expect(isLive(runId)).toBe(true);
    expect(() => takeLease(runId)).toThrow(new RegExp(`^run ${runId} is in use by process`));
    expect(() => takeLease(runId, { force: true })).not.toThrow();
    expect(leaseOf(runId)).toMatchObject({ ...self(), kept: false });
  });

  test('of this machine before it was started again has no owner, whatever has its process id now', () => {
    createRun(runId);
    owner({ boot: 'the one before' });
    expect(isLive(runId)).toBe(false);
  });

  test('of a machine whose host name has changed since is judged by its process', () => {
    const me = self();
    expect(ownerState({ ...me, host: 'old-name' })).toBe('this');
    expect(ownerState({ ...me, host: 'old-name', processStart: 'earlier' })).toBe('gone');
  });

  test('of a process that has ended, and that its parent has not asked about, has no owner', async () => {
    // the shell becomes a sleep, which never asks for the end of a child
    const parent = execa('sh', ['-c', "sh -c 'echo $$' & exec sleep 60"], { reject: false });
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (text) => resolve(Number(text))));
    while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) await new Promise(setImmediate);
    expect(ownerState({ ...self(), pid, processStart: startOf(pid) })).toBe('gone');
    parent.kill('SIGKILL');
    await parent;
  });

  test('that is damaged is taken by force only', () => {
    createRun(runId);
    writeFileSync(path.join(runFolder(runId), 'state.json'), JSON.stringify({ runId }));
    writeFileSync(newestLease(runId), '');
    expect(() => takeLease(runId)).toThrow('its lease is damaged');
    expect(() => takeLease(runId, { force: true })).not.toThrow();
  });

  test('is taken by exactly one of several processes that try at the same moment', async () => {
    await execa('./meshproof', ['--version']);
    const code = `
      const { takeLease } = await import(${JSON.stringify(path.resolve('dist/src/run/run-folders.js'))});
      process.stdout.write('ready ');
      await new Promise((resolve) => process.stdin.once('data', resolve));
      for (const id of process.argv[1].split(',')) {
        try { takeLease(id, { kept: true }); process.stdout.write(id + ' '); } catch (error) { if (error.code !== 3) throw error; }
      }
      process.stdout.write('done ');
      process.stdin.resume();`;
    const ids = Array.from({ length: 20 }, newRunId);
    for (const [i, id] of ids.entries()) {
      createRun(id);
      // of a process that is gone, of one that gave it up, or without a lease: all of them may be taken
      if (i % 3 === 0) releaseLease(id);
      else if (i % 3 === 1) {
        const lease = { ...leaseOf(id), processStart: 'earlier' };
        writeFileSync(path.join(runFolder(id), 'lease.json'), JSON.stringify(lease));
      } else removeRun(id);
    }
    const children = Array.from({ length: 5 }, () =>
      execa(process.execPath, ['--input-type=module', '-e', code, ids.join()], { reject: false }),
    );
    const said = (child: ResultPromise, word: string, text = ''): Promise<string> =>
      new Promise((resolve) =>
        child.stdout!.on('data', (data: Buffer) => {
          text += data.toString();
          if (text.includes(word)) resolve(text);
        }),
      );
    await Promise.all(children.map((child) => said(child, 'ready')));
    const ends = children.map((child) => said(child, 'done'));
    for (const child of children) child.stdin.write('go\n');
    const taken = (await Promise.all(ends))
      .join(' ')
      .split(' ')
      .filter((word) => ids.includes(word));
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(children);
    expect(taken.sort()).toEqual(ids.sort());
  }, 30_000);
});
