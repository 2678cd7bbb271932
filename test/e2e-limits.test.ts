import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Harness } from './harness/harness.js';

let harness: Harness;
beforeAll(async () => void (harness = await Harness.start()));
afterAll(() => harness.close());

const policy = (lb_policy: string): string => JSON.stringify({ configs: [{ cluster: { lb_policy } }] });
const known = (behaviour: string, expires: string): string => `- behaviour: ${behaviour}
  link: https://example.com/issues/7
  expires: ${expires}
  reason: the balancer is being changed
`;
const scale = 'export default { timeouts: { scale: 0.5 } };\n';

test('a failure that is listed leaves the run green and is shown as known; an entry whose day is over is red', async () => {
  const { runId } = await harness.mesh();
  harness.traffic.admin = () => policy('RANDOM');
  harness.file('meshproof.config.mjs', scale.replace('};', ", knownIssues: './issues/known.yaml' };"));
  harness.file('issues/known.yaml', known('LB-2', '2999-12-31'));
  const accepted = await harness.run('test', runId, '--only', 'LB-1,LB-2');
  expect([accepted.code, accepted.stdout]).toEqual([0, expect.stringMatching(/known +LB-2[^]*1 passed, 1 known/)]);
  const folder = path.join(harness.folder('work'), 'reports', harness.reports().at(-1)!);
  expect(readFileSync(path.join(folder, 'junit.xml'), 'utf8')).toContain('failures="0" errors="0" skipped="1"');

  harness.file('old.yaml', known('LB-1', '2020-12-31'));
  const expired = await harness.run('test', runId, '--only', 'LB-1', '--known-issues', 'old.yaml');
  expect([expired.code, expired.stdout]).toEqual([1, expect.stringContaining('expired on 2020-12-31')]);
});

test('at the time limit nothing new begins, the report is partial and says so', async () => {
  const { runId } = await harness.mesh();
  // an answer that never becomes right is waited for
  harness.traffic.admin = () => policy('RANDOM');
  harness.file('meshproof.config.mjs', scale.replace('0.5', '10'));
  const { code, stdout, stderr } = await harness.run('test', runId, '--only', 'LB-2', '--max-time', '8s');
  expect([code, stdout]).toEqual([
    4,
    expect.stringContaining('ended early: the time limit of 8.0 s (--max-time) is over'),
  ]);
  expect(stderr).toContain('to do: set a longer --max-time, or select fewer behaviours with --only');
  expect(harness.record(runId).topologies[0]).toMatchObject({ verdict: 'undetermined' });
});

test.each(['0s', '10', '25h', 'soon'])('--max-time %s is refused', async (given) => {
  const { code, stderr } = await harness.run('test', '--max-time', given);
  expect([code, stderr]).toEqual([2, expect.stringContaining('such as 90s, 30m or 1h30m')]);
});
