import { afterAll, beforeAll, expect, test } from 'vitest';
import { Harness } from './harness/harness.js';
import { noAnswer } from './harness/stubs.js';

let harness: Harness;
let runId: string;
beforeAll(async () => {
  harness = await Harness.start();
  runId = (await harness.mesh()).runId;
  harness.traffic.admin = ({ path }) =>
    path.startsWith('config_dump')
      ? JSON.stringify({ configs: [{ cluster: { lb_policy: 'ROUND_ROBIN' } }] })
      : undefined;
});
afterAll(() => harness.close());

test('a mesh that answers well passes, with a report', async () => {
  const { code, stdout, stderr } = await harness.run('test', runId, '--only', 'LB-1,LB-2');
  expect(`${code} ${stdout}${stderr}`).toMatch(/^0 /);
  const [topology] = harness.record().topologies;
  expect(topology!.behaviours).toMatchObject([
    { id: 'LB-1', verdict: 'passed' },
    { id: 'LB-2', verdict: 'passed' },
  ]);
  // the file of LB-2 was applied to the API servers, and deleted at the end
  for (const { requests } of harness.clusters) {
    const rules = requests.filter(({ path }) => path.includes('/destinationrules/'));
    expect(rules.map(({ method }) => method)).toEqual(['GET', 'PATCH', 'DELETE']);
  }
});

test('a mesh that answers wrongly fails, and its report says why', async () => {
  const { http } = harness.traffic;
  harness.traffic.http = (call) => (call.count > 10 ? { version: 'v1' } : http(call));
  const { code } = await harness.run('test', runId, '--only', 'LB-2');
  harness.traffic.http = http;
  expect(code).toBe(1);
  const [topology] = harness.record().topologies;
  expect(topology!.behaviours).toMatchObject([
    { id: 'LB-2', verdict: 'failed', failures: [{ cluster: 'cluster1' }, {}] },
  ]);
});

test('status asks the clusters; a call without an answer is told and logged', async () => {
  const { code, stdout } = await harness.run('status', runId);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/cluster1 {2}ready .*cluster2 {2}ready/s)]);
  const { exit, stderr } = await harness.call('kubectl', 'drain', 'node1');
  expect([exit, stderr]).toEqual([noAnswer, 'stub kubectl has no answer to: drain node1\n']);
  expect(harness.stubs.calls.at(-1)).toMatchObject({ program: 'kubectl', args: ['drain', 'node1'], unanswered: true });
});

test('a child that is killed leaves nothing that runs', async () => {
  harness.stubs.on('docker', ({ args }) => (args[0] === 'network' && hangs ? { hang: true } : undefined));
  let hangs = true;
  const child = harness.start(['plan', 'single']);
  await harness.stubs.called('docker network');
  child.kill('SIGKILL', { group: true });
  hangs = false;
  expect((await child.ended).signal).toBe('SIGKILL');
});
