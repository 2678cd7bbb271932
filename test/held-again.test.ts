import { describe, expect, test } from 'vitest';
import { heldAgain } from '../src/engine/held-again.js';
import type { Behaviour, Verdict } from '../src/record/result.js';

describe('a mesh is complete again', () => {
  const state = (after: string, verdicts: Record<string, Verdict>) => ({
    after,
    behaviours: Object.entries(verdicts).map(([id, verdict]) => ({ id, verdict }) as Behaviour),
  });
  const again = (before: Record<string, Verdict>, after: Record<string, Verdict>) =>
    heldAgain(
      { id: 'LOSS-1', measurements: {} } as Behaviour,
      state('before', before),
      state('as-before', after),
      (id) => `again ${id}`,
    );

  test('when what held before holds', () => {
    expect(again({ 'LB-1': 'passed', 'LOC-1': 'not-applicable' }, { 'LB-1': 'passed' })).toMatchObject({
      verdict: 'passed',
    });
  });

  test('not when something fails now, and nobody knows where it was not decided or nothing held', () => {
    expect(again({ 'LB-1': 'passed' }, { 'LB-1': 'failed' })).toMatchObject({
      verdict: 'failed',
      failures: [{ message: 'LOSS-1: LB-1 passed before, and failed after', replay: 'again LB-1' }],
    });
    expect(again({ 'LB-1': 'passed' }, {})).toMatchObject({ verdict: 'undetermined' });
    expect(again({ 'LB-1': 'failed' }, { 'LB-1': 'failed' })).toMatchObject({ reason: 'nothing held before' });
    expect(again({ 'LB-1': 'passed', 'LB-2': 'undetermined' }, { 'LB-1': 'passed', 'LB-2': 'failed' })).toMatchObject({
      verdict: 'undetermined',
      reason: 'LB-2 failed after, and was not decided before',
    });
  });
});
