import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createProgress, type ProgressDisplay, type ProgressOptions } from '../src/cli/progress-display.js';

const start = new Date('2026-01-02T09:15:02.000Z');
let output: string;
let stdout: ReturnType<typeof vi.spyOn>;

beforeEach(() => {
  vi.useFakeTimers({ now: start });
  output = '';
  stdout = vi.spyOn(process.stdout, 'write');
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  expect(stdout).not.toHaveBeenCalled();
  stdout.mockRestore();
});

function progress(
  options: ProgressOptions = {},
  terminal: { columns?: number; rows?: number; isTTY?: boolean } = {},
): ProgressDisplay {
  return createProgress({ stream: { write: (text) => (output += text), ...terminal }, color: false, ...options });
}

/** A step that takes this long. */
const lasting = (milliseconds: number) => () => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

test('plain lines have UTC times, clusters and durations, also for parallel, nested and failed steps', async () => {
  const p = progress();
  const work = p.step('clusters', {}, () =>
    Promise.all([
      p.step('kind create', { cluster: 'cluster1' }, lasting(2300)),
      p
        .step('kind create', { cluster: 'cluster2' }, async () => {
          await lasting(1000)();
          throw new Error('no space left\nmore');
        })
        .catch(() => undefined),
    ]),
  );
  await vi.advanceTimersByTimeAsync(3000);
  await work;
  p.note('kept');
  p.stop();
  expect(output).toBe(`09:15:02 start  clusters
09:15:02 start  cluster1 kind create
09:15:02 start  cluster2 kind create
09:15:03 failed cluster2 kind create (1.0 s): no space left
09:15:04 done   cluster1 kind create (2.3 s)
09:15:04 done   clusters (2.3 s)
09:15:05 note   kept
`);
  expect(p.timings).toEqual([
    { step: 'kind create', cluster: 'cluster2', start: 0, duration: 1000 },
    { step: 'kind create', cluster: 'cluster1', start: 0, duration: 2300 },
    { step: 'clusters', cluster: undefined, start: 0, duration: 2300 },
  ]);
});

test('plain lines say what is waited for after 15 s of silence, and only then', async () => {
  const p = progress();
  const work = p.step('mesh', {}, () => p.step('MetalLB', { cluster: 'cluster1' }, lasting(41_000)));
  await vi.advanceTimersByTimeAsync(10_000);
  p.note('something else');
  await vi.advanceTimersByTimeAsync(14_000);
  expect(output).not.toContain('still waiting');
  await vi.advanceTimersByTimeAsync(17_000);
  await work;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(output.match(/.*still waiting.*/g)).toEqual([
    '09:15:27 wait   still waiting for cluster1 MetalLB (25 s)',
    '09:15:42 wait   still waiting for cluster1 MetalLB (40 s)',
  ]);
});

test('lines that have their form already are shown as they are', async () => {
  const plain = progress();
  plain.print('  failed  LB-1\n      got: v1 10');
  plain.stop();
  expect(output).toBe('09:15:02   failed  LB-1\n09:15:02       got: v1 10\n');
  output = '';
  const live = progress({ mode: 'live' }, { columns: 60, rows: 9 });
  const work = live.step('behaviours', {}, lasting(1000));
  live.print('  failed  LB-1');
  expect(output).toContain('\u001b[J  failed  LB-1\n');
  expect(lastScreen().at(-1)).toMatch(/behaviours \(0 s\)$/);
  await vi.advanceTimersByTimeAsync(1000);
  await work;
  live.stop();
});

test.each(['lines', 'live'] as const)('what a terminal would obey is shown, not obeyed, in %s', async (mode) => {
  const evil = 'x\u001b]0;title\u0007\u001b[2Jy';
  const p = progress({ mode });
  p.note(evil);
  p.print(`\u001b[32mpassed\u001b[39m ${evil}`);
  const failing = p.step('step', { detail: () => evil }, () => Promise.reject(new Error(evil)));
  await failing.catch(() => undefined);
  p.stop();
  expect(output).not.toContain('\u001b]0;');
  expect(output).not.toContain('\u001b[2J');
  expect(output.match(/x\\x1b\]0;title\\x07\\x1b\[2Jy/g)?.length).toBeGreaterThanOrEqual(3);
  expect(output).toContain('\u001b[32mpassed\u001b[39m x');
});

test('a terminal shows running steps below the finished ones, cut to its size, and leaves none behind', async () => {
  const p = progress({ mode: 'live' }, { columns: 30, rows: 5 });
  const work = Promise.all(
    ['a', 'b', 'c', 'd'].map((cluster) => p.step('a step with quite a long title', { cluster }, lasting(1000))),
  );
  await vi.advanceTimersByTimeAsync(500);
  const screen = lastScreen();
  expect(screen).toHaveLength(3);
  for (const line of screen) expect(line.length).toBeLessThanOrEqual(29);
  expect(screen.at(-1)).toBe('  and 2 more');
  await vi.advanceTimersByTimeAsync(1000);
  await work;
  p.stop();
  expect(lastScreen()).toEqual([]);
  expect(output.match(/✔ \w a step with quite a long title \(1\.0 s\)\n/g)).toHaveLength(4);
  const before = output;
  await vi.advanceTimersByTimeAsync(5000);
  expect(output).toBe(before);
});

/** The lines below the place that was erased last. */
function lastScreen(): string[] {
  return output
    .slice(output.lastIndexOf('\u001b[J') + 3)
    .split('\n')
    .filter(Boolean);
}

test.each([
  [{ isTTY: true }, {}, 'live'],
  [{ isTTY: true }, { CI: 'true' }, 'lines'],
  [{ isTTY: true }, { NO_COLOR: '1' }, 'lines'],
  [{ isTTY: true }, { TERM: 'dumb' }, 'lines'],
  [{ isTTY: false }, {}, 'lines'],
])('%o with %o gets %s', (terminal, env, mode) => {
  for (const name of ['CI', 'NO_COLOR', 'TERM']) vi.stubEnv(name, (env as Record<string, string>)[name] ?? '');
  const p = progress({}, terminal);
  p.note('text');
  p.stop();
  expect(output).toContain(mode === 'live' ? 'i text' : '09:15:02 note   text');
});
