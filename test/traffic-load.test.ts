import { expect, test } from 'vitest';
import { LoadRecord, parseLoad, startLoad } from '../src/probe/continuous-load.js';

const told = (code: number, exit = 0, seconds = 0.004) =>
  `{"http_code":${code},"exitcode":${exit},"errormsg":${exit ? '"no route"' : 'null'},"time_total":${seconds}}`;

const record = (...lines: string[]) => {
  const { calls, malformed } = parseLoad(lines.join('\n'), 'run');
  return new LoadRecord('cluster1', 'http://x', calls, malformed, '');
};

test('calls are in the order in which they were started, whatever the order in which they ended', () => {
  const { calls, malformed } = record(
    `2 50.10 v2 ${told(200)}`,
    `1 50.00 v1 ${told(200, 0, 0.2)}`,
    'sh: no such thing',
  );
  expect(calls).toMatchObject([
    { id: 'run1', atMs: 0, ms: 200, code: 200, exit: 0, version: 'v1' },
    { id: 'run2', atMs: 100, ms: 4, version: 'v2' },
  ]);
  expect(malformed).toEqual(['sh: no such thing']);
});

test('a call without a line is lost, not forgotten', () => {
  const { calls } = record(`1 50.00 v1 ${told(200)}`, `3 50.20 v1 ${told(200)}`);
  expect(calls.map(({ exit, atMs }) => [exit, atMs])).toEqual([
    [0, 0],
    [-1, 0],
    [0, 200],
  ]);
});

test('the loss is stated exactly: calls, lost, longest time without an answer', () => {
  const lines = [
    `1 50.00 v1 ${told(200)}`,
    `2 50.10 v1 ${told(200)}`,
    `3 50.20 - ${told(503)}`,
    `4 50.30 - ${told(0, 28, 2)}`,
    `5 50.40 v1 ${told(200, 0, 0.6)}`,
  ];
  expect(record(...lines).summary()).toEqual({
    calls: 5,
    lost: 2,
    // from the second answer at 104 ms to the fifth call's at 1000 ms; the third and the fourth have none
    longestGapMs: 896,
    counts: { v1: 3, 'HTTP 503': 1, 'curl 28': 1 },
    lostCalls: [
      { atMs: 200, ms: 4, code: 503, exit: 0, error: undefined },
      { atMs: 300, ms: 2000, code: 0, exit: 28, error: 'no route' },
    ],
  });
});

test('a part of a load tells how its answers changed, counted from where the part starts', () => {
  const lines = [
    `1 50.00 v1 ${told(200)}`,
    `2 50.10 - ${told(503)}`,
    `3 50.20 v2 ${told(200)}`,
    `4 50.30 v1 ${told(200)}`,
    `5 50.40 v2 ${told(200)}`,
    `6 50.50 v2 ${told(200)}`,
    `7 50.60 v1 ${told(200)}`,
  ];
  const { calls } = parseLoad(lines.join('\n'), 'run');
  const part = new LoadRecord('cluster1', 'http://x', calls, [], '', 7000).between(7050, 7600);
  expect(part.changeover(['v2'])).toEqual({
    toFirstMs: 154,
    toStableMs: 354,
    calls: 5,
    lost: 1,
    all: [
      [50, 'HTTP 503', 4],
      [150, 'v2', 4],
      [250, 'v1', 4],
      [350, 'v2', 4],
      [450, 'v2', 4],
    ],
  });
  expect(part.longestRow(['v2'])).toBe(2);
  expect(part.longestRow(['v1', 'v2'])).toBe(4);
  expect(part.changeover(['v3'])).toMatchObject({ toFirstMs: undefined, toStableMs: undefined });
});

test('an exec that fails is undetermined, a rate that no client can hold is refused', async () => {
  const request = { namespace: 'sample', workload: 'deploy/sleep', container: 'sleep', url: 'x' };
  const nowhere = { name: 'cluster1', kubeconfig: '/nowhere' };
  const load = await startLoad(nowhere, request).catch((error: unknown) => error);
  expect(String(load)).toMatch(/^Undetermined: cluster1: a load on x/);
  await expect(startLoad(nowhere, { ...request, perSecond: 51 })).rejects.toThrow(RangeError);
});
