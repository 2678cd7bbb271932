import { describe, expect, test } from 'vitest';
// @ts-expect-error a script has no types
import { judge } from '../scripts/sabotage/judge.mjs';

const sabotage = { act: 'gateway/cluster1', says: /F-GATEWAY-REVISION|eastwestgateway/ };
const gap = (act: string, says: string, unsure?: string) => ({ act, unsure, causes: [{ says }] });
const path = (...gaps: object[]) => ({ seenFromMs: 500, gaps });
const record = (more: object) => ({
  verdict: 'disrupted',
  reasons: ['lost'],
  acts: [
    { id: 'istiod/cluster1', outcome: 'done' },
    { id: 'gateway/cluster1', outcome: 'done' },
  ],
  paths: [path(gap('gateway/cluster1', 'pod istio-eastwestgateway-1 is gone'))],
  worse: [],
  ...more,
});
const wrong = (more: object, of: object = sabotage) => (judge(of, record(more)) as { wrong: string[] }).wrong;

describe('the record of a sabotaged upgrade', () => {
  test('is right when it is red, and names act and cause', () => {
    expect(wrong({})).toEqual([]);
    expect(wrong({ paths: [path()], worse: [{ check: 'F-GATEWAY-REVISION', says: 'gone' }] })).toEqual([]);
  });

  test('is wrong when it is not red, names another cause, or another act', () => {
    expect(wrong({ verdict: 'within-budget' })).toHaveLength(1);
    expect(wrong({ paths: [path(gap('gateway/cluster1', 'pod server-1 is gone'))] })).toHaveLength(1);
    expect(wrong({ paths: [path(gap('istiod/cluster1', 'pod istio-eastwestgateway-1 is gone'))] })).toHaveLength(2);
    expect(
      wrong({ paths: [path(gap('gateway/cluster1', 'pod istio-eastwestgateway-1 is gone', 'late'))] }),
    ).toHaveLength(2);
  });

  test('may be green where the loss is too short to be seen surely', () => {
    const green = { verdict: 'within-budget', paths: [path()] };
    expect(wrong(green, { ...sabotage, belowMs: 300 })).toEqual([]);
    expect(wrong(green, { ...sabotage, belowMs: 900 })).not.toEqual([]);
  });
});
