import type { TestCase, TestResult } from '@playwright/test/reporter';
import { expect, test } from 'vitest';
import { behaviourOf, merge } from '../src/engine/playwright/behaviour-of-test.js';
import { sampleBehaviour, sampleFailure } from './helpers/record.js';

const spec = (outcome: string, more: object = {}) =>
  ({
    title: 'every version answers',
    location: { file: '/x/suites/load-balancing/LB-1.spec.ts', line: 1, column: 1 },
    parent: { project: () => ({ name: 'two' }) },
    annotations: [],
    timeout: 30_000,
    retries: 0,
    outcome: () => outcome,
    ...more,
  }) as unknown as TestCase;
const tried = (status: string, errors: string[] = [], more: object = {}) =>
  ({
    status,
    errors: errors.map((message) => ({ message })),
    attachments: [],
    annotations: [],
    retry: 0,
    duration: 10,
    startTime: new Date(0),
    ...more,
  }) as unknown as TestResult;
const told = {
  name: 'failure',
  contentType: 'application/vnd.meshproof+json',
  body: Buffer.from('{"message":"v2 is missing"}'),
};
const of = (outcome: string, ...results: TestResult[]) => behaviourOf(spec(outcome), results, '/nowhere');

const toldOf = (message: string) => ({ attachments: [{ ...told, body: Buffer.from(JSON.stringify({ message })) }] });

test.each<[string, TestResult, string, string | undefined]>([
  ['a matcher', tried('failed', ['Error: v2 is missing'], { attachments: [told] }), 'failed', undefined],
  [
    'an obstacle',
    tried('failed', ['Error: got: none'], {
      attachments: [told, { ...told, name: 'obstacle', body: Buffer.from('{"message":"no room"}') }],
    }),
    'undetermined',
    'no room\ngot: none',
  ],
  ['any other error', tried('failed', ['SyntaxError: no JSON']), 'undetermined', 'SyntaxError: no JSON'],
  ['an error without words', tried('failed'), 'undetermined', 'the test gave no reason'],
  ['an undetermined', tried('failed', ['Undetermined: exec was away']), 'undetermined', 'exec was away'],
  ['an undetermined of a class', tried('failed', ['Error: Undetermined: away']), 'undetermined', 'away'],
  ['two of them', tried('failed', ['Undetermined: away\n\nUndetermined: full']), 'undetermined', 'away\n\nfull'],
  ['both', tried('failed', ['Undetermined: away'], { attachments: [told] }), 'failed', undefined],
  ['a timeout', tried('timedOut', ['Test timeout of 30000ms exceeded.']), 'undetermined', 'did not end within 30.0 s'],
  ['a timeout after a statement', tried('timedOut', ['Test timeout'], { attachments: [told] }), 'failed', undefined],
  ['an interruption', tried('interrupted'), 'undetermined', 'the run was interrupted'],
  ['a test never come to', tried('skipped'), 'undetermined', 'the run ended before this behaviour'],
  ['a skip', tried('skipped', [], { annotations: [{ type: 'skip', description: 'asked' }] }), 'skipped', 'asked'],
  [
    'a return',
    tried('passed', [], { annotations: [{ type: 'not-applicable', description: 'flat' }] }),
    'not-applicable',
    'flat',
  ],
])('%s', (_, result, verdict, reason) => {
  const behaviour = of('unexpected', result);
  expect([behaviour.verdict, behaviour.reason]).toEqual([verdict, reason]);
});

test('a flaky behaviour has passed and keeps what its first try said, without colours', () => {
  const first = tried('failed', ['Error: v2 is missing'], toldOf('\x1b[31mv2\x1b[39m is missing'));
  const behaviour = of('flaky', first, tried('passed'));
  expect(behaviour).toMatchObject({ verdict: 'passed', flaky: true, durationMs: 20 });
  expect(behaviour.failures).toEqual([{ message: 'v2 is missing', replay: './meshproof test --only LB-1' }]);
});

test('a behaviour that failed twice says it once', () => {
  const [first, second] = ['a', 'b'].map((word) => tried('failed', [`Error: ${word}`], toldOf(word)));
  expect(of('unexpected', first!, second!).failures.map((one) => one.message)).toEqual(['b']);
});

test('an attachment that is no failure does not lose the error', () => {
  const odd = { ...told, body: Buffer.from('{"attempts":"many"}') };
  expect(of('unexpected', tried('failed', ['Error: a'], { attachments: [odd] })).failures).toMatchObject([
    { message: 'a' },
  ]);
});

test('several tests of a spec are one behaviour with the worst verdict', () => {
  const failed = sampleBehaviour({
    title: 'b',
    verdict: 'failed',
    failures: [sampleFailure()],
    startedAt: '2026-11-21T08:00:00.000Z',
  });
  expect(merge(sampleBehaviour({ flaky: true }), failed)).toMatchObject({
    verdict: 'failed',
    flaky: false,
    title: 'every version answers from every cluster; b',
    durationMs: 2468,
    startedAt: '2026-11-21T08:00:00.000Z',
    failures: [sampleFailure()],
  });
});
