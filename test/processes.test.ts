import { execa } from 'execa';
import { expect, test, vi } from 'vitest';
import { runOfNode } from '../src/provider/kind/docker-belongings.js';
import { childEnvironment, endProcesses, markChildren, processesOf } from '../src/kernel/child-processes.js';

const variable = 'MESHPROOF_CHILD_OF';
// every process of the machine is looked at: the run ids are not those of test files that run side by side with this one
const runId = 'kprocess01';

test('the children of a run are found and ended, those of their own and of sessions of their own included', async () => {
  const stranger = execa('sleep', ['60'], { reject: false });
  const env = { [variable]: runId };
  const child = execa('sh', ['-c', 'setsid sleep 60 & setsid sleep 60 & wait'], { env, reject: false, detached: true });
  await vi.waitFor(() => expect(processesOf(runId)).toHaveLength(3), 5000);
  expect(processesOf('kprocess02')).toEqual([]);

  expect(await endProcesses(runId)).toBe(3);

  expect(processesOf(runId)).toEqual([]);
  expect((await child).signal).toBe('SIGKILL');
  expect(stranger.nodeChildProcess.exitCode).toBeNull();
  stranger.kill();
});

test('two runs side by side in one process mark their own children', async () => {
  const lane = async (runId: string): Promise<object> => {
    markChildren(runId);
    await Promise.resolve();
    return childEnvironment();
  };
  expect(await Promise.all([lane('kprocess04'), lane('kprocess05')])).toEqual([
    { [variable]: 'kprocess04' },
    { [variable]: 'kprocess05' },
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
