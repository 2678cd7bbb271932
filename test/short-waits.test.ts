import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { unlessBroken, waitIsOver } from '../fixtures/short-waits.js';
import { currentSignal } from '../src/kernel/cancellation.js';
import { ConvergenceError, type Outcome } from '../src/kernel/converge.js';
import { noteChanged } from '../src/kernel/last-change.js';
import { projectFolder } from '../src/kernel/project-files.js';
import { Undetermined } from '../src/kernel/undetermined.js';
import { sampleFinding } from './helpers/record.js';
import { meshSessionIn } from './helpers/session.js';

let folder: string;
let now = Date.now();
vi.mock('../fixtures/session.js', () => ({ meshSession: () => meshSessionIn(folder, { topology: 'two' }) }));

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'meshproof-waits-'));
  vi.useFakeTimers();
  // what another test has changed is long ago
  vi.setSystemTime((now += 3_600_000));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

/** The mesh is broken, as some behaviour has seen twice. */
function broken(): void {
  const known = { at: Date.now(), finding: sampleFinding() };
  writeFileSync(path.join(folder, '.cause-two.json'), JSON.stringify(known));
}

const wrong: Outcome = { ok: false, expected: 'v1, v2', got: 'v1' };

/** A wait of LB-1 whose answers are given by hand. */
function waiting(...explains: string[]) {
  const file = path.join(projectFolder, 'suites/load-balancing/LB-1.spec.ts');
  const annotations = explains.map((description) => ({ type: 'explained-by', description }));
  const wait = waitIsOver({ file, annotations });
  const ask = () => wait.unlessKnown(() => Promise.resolve('v1'));
  /** Another answer; the error that ends the wait by it, if it does. */
  const answer = async (outcome: Outcome = wrong): Promise<ConvergenceError | undefined> => {
    try {
      wait.judged(() => outcome)(await ask());
      return undefined;
    } catch (error) {
      return error as ConvergenceError;
    }
  };
  return { wait, ask, answer };
}

describe('the wait for an answer', () => {
  test('is not cut on a mesh of which nothing is known', async () => {
    const { wait, answer } = waiting();
    expect([await answer(), await answer()]).toEqual([undefined, undefined]);
    vi.advanceTimersByTime(29_000);
    expect([await answer(), wait.signal.aborted]).toEqual([undefined, false]);
  });

  /** Wrong answers, one a second; the error that ends the wait by the last of them, if it does. */
  const wrongTimes = async (answer: () => Promise<ConvergenceError | undefined>, times: number) => {
    let ended: ConvergenceError | undefined;
    for (let i = 0; i < times; i++) {
      expect(ended).toBeUndefined();
      vi.advanceTimersByTime(1_000);
      ended = await answer();
    }
    return ended;
  };

  test('ends after 6 s of wrong answers in a row where the cause is known, and says what was expected', async () => {
    broken();
    const { answer } = waiting();
    expect(await wrongTimes(answer, 6)).toMatchObject({
      outcome: { expected: 'v1, v2', got: 'v1' },
      attempts: 6,
      last: 'v1',
    });
  });

  test('ends with one wrong answer that took 6 s, but not with one that came at once', async () => {
    broken();
    const { wait, ask } = waiting();
    const judge = wait.judged(() => wrong);
    vi.advanceTimersByTime(20_000);
    expect(judge(await ask())).toEqual(wrong);
    await ask();
    vi.advanceTimersByTime(6_000);
    expect(() => judge('v1')).toThrow(ConvergenceError);
  });

  test('begins to count anew with a right answer', async () => {
    broken();
    const { answer } = waiting();
    await wrongTimes(answer, 5);
    await answer({ ok: true });
    expect(await wrongTimes(answer, 2)).toBeUndefined();
    expect(await wrongTimes(answer, 1)).toBeInstanceOf(ConvergenceError);
  });

  test('gives what was changed a moment before time to arrive', async () => {
    broken();
    const { answer } = waiting();
    await wrongTimes(answer, 5);
    noteChanged();
    expect(await wrongTimes(answer, 5)).toBeUndefined();
    expect(await wrongTimes(answer, 1)).toBeInstanceOf(ConvergenceError);
  });

  test('is cut by a cause alone that explains the behaviour', async () => {
    broken();
    const [unexplained, explained] = [waiting('F-DNS-DOWN'), waiting('F-REMOTE-SECRET-MISSING')];
    expect(await wrongTimes(unexplained.answer, 7)).toBeUndefined();
    expect(await wrongTimes(explained.answer, 3)).toBeInstanceOf(ConvergenceError);
  });

  test('goes on after a right answer, of which several in a row may be needed', async () => {
    broken();
    const { answer } = waiting();
    expect([await answer({ ok: true }), await answer({ ok: true })]).toEqual([undefined, undefined]);
  });

  test('that never gets one is undetermined after 15 s, with the cause and with what the last attempt said', async () => {
    broken();
    const { wait } = waiting();
    const ask = () =>
      wait.unlessKnown(() => Promise.reject(new Undetermined('cluster1: no pod is ready'))).catch(() => undefined);
    await ask();
    expect(wait.signal.aborted).toBe(false);
    vi.advanceTimersByTime(15_000);
    await ask();
    expect((wait.signal.reason as Error).message).toBe(
      'Undetermined: no answer, and the mesh is broken: F-REMOTE-SECRET-MISSING: cluster1 has no remote secret of cluster2; ' +
        'the last attempt: cluster1: no pod is ready',
    );
  });
});

describe('what a behaviour needs before it can ask', () => {
  /** Ends with the signal of its scope, as waits for pods do. */
  const pods = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve('ready'), 90_000);
      const signal = currentSignal();
      signal.addEventListener('abort', () => (clearTimeout(timer), reject(signal.reason as Error)));
    });
  const until = async (work: Promise<string>): Promise<{ came: string; took: number }> => {
    const start = Date.now();
    let came: string | undefined;
    void work.then(
      (value) => (came = value),
      (error: Error) => (came = error.message),
    );
    while (came === undefined) await vi.advanceTimersByTimeAsync(500);
    return { came, took: Date.now() - start };
  };

  test('is waited for on a mesh of which nothing is known', async () => {
    expect(await until(unlessBroken('deployment/echo', pods))).toEqual({ came: 'ready', took: 90_000 });
  });

  test('is given up where the cause is known: nothing was asked', async () => {
    broken();
    const { came, took } = await until(unlessBroken('deployment/echo of own-1', pods));
    expect(came).toMatch(/^Undetermined: deployment\/echo of own-1 is not there, and the mesh is broken: F-REMOTE-SEC/);
    expect(took).toBeLessThan(17_000);
  });
});
