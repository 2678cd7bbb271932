import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FullConfig, Reporter, Suite, TestCase, TestError, TestResult, TestStep } from '@playwright/test/reporter';
import pc from 'picocolors';
import { redact } from '../../kernel/secrets/redact.js';
import { writeAtomicallySync } from '../../kernel/files.js';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { fileProblem } from '../../kernel/file-problem.js';
import { systemCodes } from '../../kernel/system-codes.js';
import { behaviourOf, merge } from './behaviour-of-test.js';
import { formatDuration, stripAnsi } from '../../kernel/text.js';
import { openSession } from './session-file.js';
import { redactError, redactOutput, redactResult, redactStep } from './redact-test-results.js';
import { behavioursFile } from '../../record/result-files.js';
import { failureLines } from '../../record/failure-lines.js';
import type { Behaviour } from '../../record/result.js';

/**
 * Playwright's side of the record. After every test it rewrites `behaviours-<topology>.json` in the run's folder, so
 * that an interrupted run has what was known; progress goes to stderr, a line a test. docs/reports.md says how a spec
 * speaks to it. It must be the first reporter: what the others get is redacted here.
 */
export default class MeshproofReporter implements Reporter {
  private readonly runDir: string;
  private readonly tests = new Map<TestCase, Behaviour>();
  private all: TestCase[] = [];
  private losses = 0;

  constructor() {
    const dir = openSession()?.mesh?.reportDir;
    if (!dir) throw new Error('the session has no mesh; run behaviours with `meshproof test`, which writes a report');
    this.runDir = dir;
    // other reporters write in callbacks of their own, and an error there would end the runner before all is undone
    for (const event of ['uncaughtException', 'unhandledRejection'] as const)
      process.on(event, (error: unknown) => this.lost(uncaughtProblem(error, dir)));
  }

  /** Keeps Playwright from adding a reporter that writes to stdout. */
  printsToStdio(): boolean {
    return true;
  }

  onBegin(_: FullConfig, suite: Suite): void {
    this.all = suite.allTests();
  }

  onStepBegin(_: TestCase, __: TestResult, step: TestStep): void {
    redactStep(step);
  }

  onStepEnd(_: TestCase, __: TestResult, step: TestStep): void {
    redactStep(step);
  }

  onStdOut(_: string | Buffer, __?: TestCase, result?: TestResult): void {
    if (result) redactOutput(result.stdout);
  }

  onStdErr(_: string | Buffer, __?: TestCase, result?: TestResult): void {
    if (result) redactOutput(result.stderr);
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    redactResult(test, result);
    const behaviour = behaviourOf(test, test.results, this.runDir, (error) => this.lost(error));
    this.tests.set(test, behaviour);
    this.write(behaviour.topology);
    const again = result.retry < test.retries && (behaviour.verdict === 'failed' || result.status === 'timedOut');
    print(progress(behaviour, again));
  }

  /** Something outside of any test: a spec that cannot be loaded, a fixture that cannot start. */
  onError(error: TestError): void {
    redactError(error);
    print(`  ${redact(stripAnsi(error.message ?? error.value ?? 'an error without a message'))}`);
  }

  /** A run whose verdicts are not all in the record has not passed, whatever they are. */
  async onEnd(): Promise<{ status: 'failed' } | undefined> {
    const missing = this.all.filter((test) => !this.tests.has(test));
    for (const test of missing) {
      const never = {
        status: 'skipped',
        retry: 0,
        duration: 0,
        startTime: new Date(),
        attachments: [],
        errors: [],
        annotations: [],
      };
      this.tests.set(test, behaviourOf(test, [never as unknown as TestResult], this.runDir));
    }
    for (const topology of new Set(missing.map((test) => test.parent.project()?.name ?? ''))) this.write(topology);
    return this.losses > 0 ? { status: 'failed' } : undefined;
  }

  private write(topology: string): void {
    const byId = new Map<string, Behaviour>();
    // in the order of the suite, whatever order they ended in
    for (const test of this.all) {
      const behaviour = this.tests.get(test);
      if (behaviour?.topology !== topology) continue;
      const earlier = byId.get(behaviour.id);
      byId.set(behaviour.id, earlier ? merge(earlier, behaviour) : behaviour);
    }
    const path = behavioursFile(this.runDir, topology);
    try {
      mkdirSync(dirname(path), { recursive: true });
      // synchronous, so that two tests that end together cannot write over each other
      writeAtomicallySync(path, `${JSON.stringify([...byId.values()], undefined, 2)}\n`);
    } catch (error) {
      this.lost(fileProblem(error, path));
    }
  }

  /** Says once what could not be written: the verdicts are on the terminal, and the run ends without the rest. */
  private lost(error: MeshproofError): void {
    if (!this.losses) print(`  ${redact(error.describe())}`);
    this.losses++;
  }
}

/** What no code of the test runner has caught: a file in `dir` that cannot be written, or a mistake of the runner's own. */
function uncaughtProblem(error: unknown, dir: string): MeshproofError {
  const { code, stack = '' } = Object(error) as NodeJS.ErrnoException;
  if (code !== undefined && Object.hasOwn(systemCodes, code)) return fileProblem(error, dir);
  return new MeshproofError(`the test runner failed: ${stripAnsi(String(error))}`, exitCode.environment, {
    where: /^ +at .*?(\/\S+:\d+:\d+)/m.exec(stack)?.[1],
    cause: error,
  });
}

function print(text: string): void {
  process.stderr.write(`${text}\n`);
}

function progress(behaviour: Behaviour, again: boolean): string {
  // stderr is a pipe; the process that started Playwright knows whether there is a terminal
  const colours = pc.createColors(process.env.FORCE_COLOR === '1');
  const colour = {
    passed: behaviour.flaky ? colours.yellow : colours.green,
    failed: colours.red,
    undetermined: colours.magenta,
    'not-applicable': colours.dim,
    skipped: colours.dim,
  }[behaviour.verdict];
  const word = behaviour.flaky ? 'flaky' : behaviour.verdict;
  const line = `  ${colour(word)}  ${behaviour.id}  ${behaviour.title}  (${formatDuration(behaviour.durationMs)})${again ? ', trying again' : ''}`;
  const lines = [line];
  if (behaviour.reason) lines.push(...behaviour.reason.split('\n').map((part) => `      ${part}`));
  if (!behaviour.flaky)
    lines.push(...behaviour.failures.flatMap((failure) => failureLines(failure)).map((part) => `      ${part}`));
  return lines.join('\n');
}
