import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { planIn } from '../fixtures/state-plan.js';
import { behaviourLimit } from '../fixtures/timeouts.js';

test('a behaviour has more time on a mesh of more clusters', () => {
  expect([1, 2, 3, 6, 15].map(behaviourLimit)).toEqual([480_000, 480_000, 480_000, 960_000, 2_400_000]);
});

test('the runner knows topology and size of a mesh by its state file', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'meshproof-state-'));
  const file = path.join(folder, 'state.json');
  const read = (text: string) => {
    writeFileSync(file, text);
    return planIn(file);
  };
  const plan = { topology: 'six', clusters: Array.from({ length: 6 }, (_, i) => ({ name: `c${i}` })) };
  expect(read(JSON.stringify({ plan }))).toEqual({ topology: 'six', clusters: 6 });
  expect([read('{"version":1}'), read('{'), planIn(path.join(folder, 'none')), planIn(undefined)]).toEqual(
    Array(4).fill(undefined),
  );
  rmSync(folder, { recursive: true });
});
