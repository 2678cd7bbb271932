import { afterAll, beforeAll, expect, test } from 'vitest';
import { Harness } from './harness/harness.js';

let harness: Harness;
beforeAll(async () => void (harness = await Harness.start()));
afterAll(() => harness.close());

/** A module that throws where no code catches it, in meshproof itself, when the process is sent SIGUSR2. */
const thrower = `if (process.argv[1]?.endsWith('launch.mjs')) process.on('SIGUSR2', () => { throw new Error('it broke') });`;

test('an error that no code catches ends with a report, a clean-up and exit code 4', async () => {
  const { runId } = await harness.mesh();
  let asked!: () => void;
  const behaviourAsks = new Promise<void>((resolve) => (asked = resolve));
  harness.stubs.on('kubectl', ({ args, env }) => {
    // the look at the mesh before the first behaviour is not asked by the test runner
    if (!args.includes('exec') || !env['MESHPROOF_SESSION']) return undefined;
    asked();
    return { hang: true };
  });
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(thrower)}` };
  const child = harness.start(['test', runId, '--only', 'LB-1'], { env });
  await behaviourAsks;
  child.kill('SIGUSR2');
  const { code, stderr } = await child.ended;
  expect(stderr).toContain('cleaning up; Ctrl-C stops immediately');
  expect(stderr).toMatch(/^meshproof: it broke\n {2}to do: repeat the command with --debug/m);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(code).toBe(4);
  const record = harness.record();
  expect(record.run).toMatchObject({ exitCode: 4, interrupted: false });
  expect(record.topologies[0]).toMatchObject({
    verdict: 'undetermined',
    problem: { message: 'it broke' },
    behaviours: [{ id: 'LB-1', verdict: 'undetermined' }],
  });
  expect(harness.lease(runId).released).toBe(true);
});

/** A module that throws where no code catches it, in Playwright's first process, once meshproof's reporter listens there. */
const runnerThrower = `if (/playwright.*cli\\.js$/.test(process.argv[1] ?? '') && process.env.MESHPROOF_SESSION) {
  const timer = setInterval(() => {
    if (process.listenerCount('unhandledRejection') === 0) return;
    clearInterval(timer);
    undefined.reads;
  }, 10).unref();
}`;

test('a mistake of the test runner is told as one, not as a file that cannot be written', async () => {
  const { runId } = await harness.mesh();
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(runnerThrower)}` };
  const { code, stderr } = await harness.start(['test', runId, '--only', 'LB-1'], { env }).ended;
  expect(stderr).toContain("the test runner failed: TypeError: Cannot read properties of undefined (reading 'reads')");
  expect(stderr).not.toContain('cannot be written');
  expect(code).not.toBe(0);
});
