import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import type { TestCase, TestResult } from '@playwright/test/reporter';
import { redact, redactJson } from '../../kernel/secrets/redact.js';
import type { MeshproofError } from '../../kernel/errors.js';
import { fileProblem } from '../../kernel/file-problem.js';
import { program } from '../../kernel/project-files.js';
import { formatDuration, stripAnsi } from '../../kernel/text.js';
import { diagnosisSchema, forCluster, type Diagnosis } from '../../record/finding.js';
import { failureSchema, type Behaviour, type Failure, type Verdict } from '../../record/result.js';

/** Attachments of this type are data for the record: `failure`, `diagnosis`, and `measurement:<name>`. */
export const dataContentType = 'application/vnd.meshproof+json';

type Attachment = TestResult['attachments'][number];
type Json = Behaviour['measurements'][string];

/**
 * What a finished test says about its behaviour. `results` are its tries in order, at least one. Files go below `runDir`; one that
 * cannot be written is told to `lost`, and left out.
 */
export function behaviourOf(
  test: TestCase,
  results: readonly TestResult[],
  runDir: string,
  lost: (error: MeshproofError) => void = () => {},
): Behaviour {
  const last = results.at(-1)!;
  const id = basename(test.location.file).replace(/\.(spec|test)\.[cm]?[jt]sx?$/, '');
  const topology = test.parent.project()?.name ?? '';
  const replay = `${program} test --only ${id}`;
  const { verdict, reason } = judge(test, last);
  const requires = test.annotations
    .filter(({ type }) => type === 'requires')
    .map(({ description = '' }) => description);
  const attachments = results.flatMap((result) =>
    result.attachments.filter(isPlain).map((attachment) => ({ attachment, retry: result.retry })),
  );
  return {
    id,
    title: test.title,
    area: basename(dirname(test.location.file)),
    topology,
    verdict,
    flaky: verdict === 'passed' && test.outcome() === 'flaky',
    requires: [...new Set(requires)],
    ...(reason && { reason }),
    startedAt: results[0]!.startTime.toISOString(),
    durationMs: Math.round(results.reduce((sum, result) => sum + Math.max(result.duration, 0), 0)),
    // what earlier tries said is what makes it flaky; one that failed to the end says the same again
    failures: (verdict === 'failed' ? [last] : results).flatMap((result) => failuresOf(result, replay)),
    ...restOfDiagnosis(last),
    measurements: measurementsOf(last),
    attachments: attachments.flatMap(({ attachment, retry }, index) => {
      const { name, contentType } = attachment;
      const path = join('attachments', topology, `${id}-${retry}-${index}-${fileName(attachment)}`);
      try {
        keep(attachment, join(runDir, path));
      } catch (error) {
        lost(fileProblem(error, join(runDir, path)));
        return [];
      }
      return [{ name, contentType, path }];
    }),
  };
}

/** Several tests of one spec file are one behaviour: the worst verdict, and everything that was said. */
export function merge(first: Behaviour, second: Behaviour): Behaviour {
  const order: Verdict[] = ['failed', 'undetermined', 'passed', 'skipped', 'not-applicable'];
  const worst = order.indexOf(first.verdict) <= order.indexOf(second.verdict) ? first : second;
  return {
    ...worst,
    title: first.title === second.title ? first.title : `${first.title}; ${second.title}`,
    flaky: worst.verdict === 'passed' && (first.flaky || second.flaky),
    requires: [...new Set([...(first.requires ?? []), ...(second.requires ?? [])])],
    startedAt: first.startedAt < second.startedAt ? first.startedAt : second.startedAt,
    durationMs: first.durationMs + second.durationMs,
    failures: [...first.failures, ...second.failures],
    measurements: { ...first.measurements, ...second.measurements },
    attachments: [...first.attachments, ...second.attachments],
  };
}

function judge(test: TestCase, result: TestResult): { verdict: Verdict; reason?: string } {
  const annotation = (type: string) => [...test.annotations, ...result.annotations].find((one) => one.type === type);
  const notApplicable = annotation('not-applicable');
  if (notApplicable && (result.status === 'skipped' || result.status === 'passed')) {
    return {
      verdict: 'not-applicable',
      reason: clean(notApplicable.description ?? 'the topology does not meet its requirements'),
    };
  }
  if (result.status === 'passed') return { verdict: 'passed' };
  if (result.status === 'skipped') {
    const skip = annotation('skip') ?? annotation('fixme');
    // the runner also calls a test skipped that it never came to
    if (!skip) return { verdict: 'undetermined', reason: 'the run ended before this behaviour' };
    return { verdict: 'skipped', reason: clean(skip.description ?? 'asked for') };
  }
  if (isFailure(result)) return { verdict: 'failed' };
  const errors = result.errors
    .map((error) => errorText(error).replaceAll(undetermined, ''))
    .filter((text) => text !== '' && !/^Test timeout of \d+ms exceeded\.$/.test(text));
  if (result.status === 'interrupted') errors.unshift('the run was interrupted');
  errors.unshift(...obstaclesOf(result));
  if (result.status === 'timedOut') errors.unshift(`did not end within ${formatDuration(test.timeout)}`);
  return { verdict: 'undetermined', reason: errors.join('\n') || 'the test gave no reason' };
}

/**
 * True when an expectation was evaluated and the mesh did not meet it: its matcher has attached a failure, and nothing is known that
 * kept the behaviour's pods from running.
 */
function isFailure(result: TestResult): boolean {
  const ended = result.status !== 'passed' && result.status !== 'skipped';
  return ended && dataOf(result, 'failure').length > 0 && dataOf(result, 'obstacle').length === 0;
}

/** Why failures are no statement about the mesh, in words. */
function obstaclesOf(result: TestResult): string[] {
  return dataOf(result, 'obstacle').map((one) => clean(String((parse(one) as { message?: unknown })?.message ?? '')));
}

function dataOf(result: TestResult, name: string): Attachment[] {
  return result.attachments.filter((one) => one.contentType === dataContentType && one.name === name);
}

const undetermined = /^(?:\w*: ?)?Undetermined: */gm;

function failuresOf(result: TestResult, replay: string): Failure[] {
  if (!isFailure(result)) return [];
  const texts = result.errors.map(errorText).filter((text) => text !== '' && !text.startsWith('Undetermined:'));
  const causes = diagnosisOf(result)?.causes ?? [];
  const failures = dataOf(result, 'failure').map((attachment, index): Failure => {
    const given = failureSchema.partial().safeParse(parse(attachment));
    const base = { message: texts[index] ?? texts[0] ?? 'failed without a message', replay };
    const failure: Failure = given.success ? { ...base, ...withoutUndefined(given.data) } : base;
    return causes.length > 0 ? { ...failure, findings: forCluster(causes, failure.cluster) } : failure;
  });
  // matchers of several clusters end in any order
  return failures.sort((a, b) => (a.cluster ?? '').localeCompare(b.cluster ?? ''));
}

/** What explains a failure, as the worker has found it. */
function diagnosisOf(result: TestResult): Diagnosis | undefined {
  const [found] = dataOf(result, 'diagnosis');
  return found && diagnosisSchema.safeParse(parse(found)).data;
}

/** What is broken because a cause is, and which checks could not tell; nothing where there is none. */
function restOfDiagnosis(result: TestResult): Pick<Behaviour, 'follows' | 'cannotTell'> {
  const { follows = [], unknown = [] } = diagnosisOf(result) ?? {};
  return { ...(follows.length > 0 && { follows }), ...(unknown.length > 0 && { cannotTell: unknown }) };
}

function measurementsOf(result: TestResult): Behaviour['measurements'] {
  const prefix = 'measurement:';
  const data = result.attachments.filter((one) => one.contentType === dataContentType && one.name.startsWith(prefix));
  return Object.fromEntries(data.map((one) => [one.name.slice(prefix.length), parse(one) ?? null]));
}

/** JSON with its texts redacted; undefined when it is none. */
function parse(attachment: Attachment): Json | undefined {
  try {
    const text = (attachment.body ?? readFileSync(attachment.path!)).toString('utf8');
    const withoutAnsi = (_: string, value: unknown): unknown =>
      typeof value === 'string' ? stripAnsi(value).trim() : value;
    return redactJson(JSON.parse(text, withoutAnsi) as Json);
  } catch {
    return undefined;
  }
}

function isPlain(attachment: Attachment): boolean {
  // the runner's own `error-context` repeats the error and the spec
  if (attachment.contentType === dataContentType || attachment.name === 'error-context') return false;
  return attachment.body !== undefined || attachment.path !== undefined;
}

/** Copies an attachment into the run folder, texts redacted. */
function keep(attachment: Attachment, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  if (/^text\/|json|xml|yaml/.test(attachment.contentType)) {
    writeFileSync(target, redact((attachment.body ?? readFileSync(attachment.path!)).toString('utf8')));
  } else if (attachment.body) {
    writeFileSync(target, attachment.body);
  } else {
    copyFileSync(attachment.path!, target);
  }
}

function fileName(attachment: Attachment): string {
  const extensions: Record<string, string> = {
    'text/plain': '.txt',
    'text/markdown': '.md',
    'application/json': '.json',
    'text/yaml': '.yaml',
  };
  const extension = extensions[attachment.contentType] ?? (attachment.path ? extname(attachment.path) : '');
  const stem = attachment.name.replace(/[^A-Za-z0-9.-]+/g, '-').slice(0, 60);
  return stem.endsWith(extension) ? stem : stem + extension;
}

function errorText(error: TestResult['errors'][number]): string {
  // the runner puts the class's name in front; it says nothing to a reader
  return clean(error.message ?? error.value ?? '').replace(/^Error: /, '');
}

function clean(text: string): string {
  return redact(stripAnsi(text)).trim();
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T;
}
