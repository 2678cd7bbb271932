import { execa } from 'execa';
import { expect, test, vi } from 'vitest';
import { runOfNode } from '../src/clusters/belongings.js';
import { childEnvironment, endProcesses, markChildren, processesOf } from '../src/clusters/processes.js';

const variable = 'MESHPROOF_CHILD_OF';

test('the children of a run are found and ended, those of their own and of sessions of their own included', async () => {
  const stranger = execa('sleep', ['60'], { reject: false });
  const env = { [variable]: 'kaaaaaaaa1' };
  const child = execa('sh', ['-c', 'setsid sleep 60 & setsid sleep 60 & wait'], { env, reject: false, detached: true });
  await vi.waitFor(() => expect(processesOf('kaaaaaaaa1')).toHaveLength(3), 5000);
  expect(processesOf('kaaaaaaaa2')).toEqual([]);

  expect(await endProcesses('kaaaaaaaa1')).toBe(3);

  expect(processesOf('kaaaaaaaa1')).toEqual([]);
  expect((await child).signal).toBe('SIGKILL');
  expect(stranger.exitCode).toBeNull();
  stranger.kill();
});

test('two runs side by side in one process mark their own children', async () => {
  const lane = async (runId: string): Promise<object> => {
    markChildren(runId);
    await Promise.resolve();
    return childEnvironment();
  };
  expect(await Promise.all([lane('kaaaaaaaa4'), lane('kaaaaaaaa5')])).toEqual([
    { [variable]: 'kaaaaaaaa4' },
    { [variable]: 'kaaaaaaaa5' },
  ]);
});

test.each([
  ['meshproof-k3x9qa72bc-cluster1', '3', 'k3x9qa72bc'],
  ['meshproof-k3x9qa72bc-cluster1', '', undefined],
  ['meshproof-mine', '3', undefined],
  ['bystander', '3', undefined],
])('a node of kind cluster %s from an image labelled "%s" is of run %s', (cluster, baked, runId) => {
  expect(runOfNode(cluster, baked)).toBe(runId);
});
