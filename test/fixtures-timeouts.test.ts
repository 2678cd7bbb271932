import { expect, test } from 'vitest';
import { behaviourLimit } from '../src/engine/playwright/behaviour-limit.js';

test('a behaviour has more time on a mesh of more clusters, and with the own times of the documents', () => {
  expect([1, 2, 3, 6, 15].map((clusters) => behaviourLimit(clusters, false))).toEqual([
    480_000, 480_000, 480_000, 960_000, 2_400_000,
  ]);
  expect(behaviourLimit(2, true)).toBe(3_600_000);
});
