import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { says } from '../kernel/run-program.js';
import { spans, type Span } from '../kernel/spans.js';
import { redactJson } from '../kernel/secrets/redact.js';
import { withDifferences } from '../record/difference.js';
import { archive } from '../record/write-views.js';
import type { ReportFolder } from '../run/report-folder.js';
import { timeOutside } from '../record/views/timings-view.js';
import { exitCodeOf, schemaVersion, summaryOf, type RunRecord, type TopologyRecord } from '../record/result.js';
import { exitCode, type MeshproofError } from '../kernel/errors.js';
import type { Plan } from '../topology/plan-types.js';
import type { Programs } from '../supply/program-paths.js';
import { holdAgainst, type KnownIssue } from '../record/known-issues.js';
import { isInRange } from '../topology/version-range.js';
import { timeIsUp, uncaught, wasInterrupted } from '../kernel/stop-reasons.js';
import { asError } from '../kernel/as-error.js';
import { invocation } from '../kernel/invocation.js';
import type { Progress } from './progress.js';
import { reportsFolder, spansFile } from './report-paths.js';

/** What a report is made of. */
export interface ReportInput {
  report: ReportFolder;
  startedAt: Date;
  plans: readonly Plan[];
  programs: Programs;
  topologies: TopologyRecord[];
  /** What the command ends with, when it is nothing that a topology's record says. */
  failure?: MeshproofError;
  knownIssues: readonly KnownIssue[];
}

/** A record that was made, and why its report could not be written. */
export interface ReportOutcome {
  record: RunRecord;
  unwritten?: MeshproofError;
}

/** A run that came to its report. */
export interface RunOutcome extends ReportOutcome {
  /** What ended it early, where something was proven before. */
  failure?: MeshproofError;
}

/**
 * Puts the record together, writes it with all its views, and publishes the report. A report that cannot be written is returned
 * with its record: what was proven is known. Throws (exit 6) where it holds a secret.
 */
export async function finishReport(input: ReportInput, progress: Progress): Promise<ReportOutcome> {
  // messages of programs and the command line have not been redacted before
  const record = await withDifferences(redactJson(await recordOf(input)), reportsFolder());
  const { report } = input;
  const write = async (): Promise<void> => {
    await archive(report.dir, record, { warn: (text) => progress.note(text) });
    await report.publish();
  };
  return { record, unwritten: await problemOfWriting(progress.step('report', {}, write)) };
}

/**
 * Why a report could not be written, so that its summary can be printed before that is thrown. Throws (exit 6) where it holds a
 * secret: then the summary is not printed either.
 */
export async function problemOfWriting(writing: Promise<void>): Promise<MeshproofError | undefined> {
  const problem = await writing.then(
    () => undefined,
    (error: unknown) => asError(error, exitCode.environment),
  );
  if (problem?.code === exitCode.gate) throw problem;
  return problem;
}

/** The versions of Istio of every control plane. */
function versionsOf(plans: readonly Plan[]): string[] {
  return plans.flatMap(({ controlPlanes }) => controlPlanes.map(({ version }) => version));
}

async function recordOf(input: ReportInput): Promise<RunRecord> {
  const { report, startedAt, plans, programs, failure = uncaught() } = input;
  const finishedAt = new Date();
  const { topologies, knownIssues } = holdAgainst(input.topologies, input.knownIssues, {
    now: finishedAt.toISOString(),
    applies: ({ name }, range) =>
      versionsOf(plans.filter(({ topology }) => topology === name)).some((version) => isInRange(version, range)),
  });
  const interrupted = wasInterrupted();
  const { environment, images } = plans[0]!;
  const versions = versionsOf(plans);
  const proven = exitCodeOf({ run: { interrupted }, topologies, knownIssues }, { strict: false });
  // a mesh that is wrong, or Ctrl-C, comes before what has kept the rest from being proven or removed
  const decided = proven === exitCode.failed || proven === exitCode.interrupted;
  return {
    schemaVersion,
    run: {
      id: report.id,
      startedAt: startedAt.toISOString(),
      finishedAt: finishedAt.toISOString(),
      durationMs: finishedAt.getTime() - startedAt.getTime(),
      ...(await idleTimes(report.dir, startedAt.getTime(), finishedAt.getTime())),
      command: ['meshproof', ...invocation()],
      exitCode: (!decided && failure?.code) || proven,
      interrupted,
      ended: timeIsUp()?.message,
    },
    meshproof: await report.meshproof,
    machine: await machine(programs),
    environment: {
      name: environment.name,
      kubernetes: environment.kubernetes,
      istio: [...new Set(versions)].join(', '),
      notes: [...new Set(plans.flatMap((plan) => plan.environment.notes))],
      images,
    },
    topologies,
    knownIssues: knownIssues.length > 0 ? knownIssues : undefined,
    summary: summaryOf(topologies),
  };
}

/** The two kinds of time in which the harness itself is all that goes on, by the spans of this process and of Playwright's workers. */
async function idleTimes(
  dir: string,
  start: number,
  end: number,
): Promise<Pick<RunRecord['run'], 'overheadMs' | 'pausesMs'>> {
  const file = path.join(dir, spansFile);
  const lines = existsSync(file) ? (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '') : [];
  const all = [...spans, ...lines.map((line) => JSON.parse(line) as Span)];
  await rm(file, { force: true });
  const overheadMs = timeOutside(all, start, end);
  const work = all.filter(({ pause }) => !pause);
  return { overheadMs, pausesMs: timeOutside(work, start, end) - overheadMs };
}

async function machine(programs: Programs): Promise<RunRecord['machine']> {
  const [docker, kind, kubectl, istioctl] = await Promise.all([
    says('docker', ['version', '-f', '{{.Server.Version}}']),
    says(programs.kind, ['version', '-q']),
    says('kubectl', ['version', '--client', '-o', 'yaml']).then((text) => /gitVersion: (\S+)/.exec(text ?? '')?.[1]),
    Promise.all(
      Object.values(programs.istioctl).map((program) => says(program, ['version', '--remote=false', '--short'])),
    ).then((texts) => texts.flatMap((text) => text?.split(/\s+/).pop() ?? []).join(', ') || undefined),
  ]);
  const cpus = os.cpus().length;
  return {
    os: os.type(),
    kernel: os.release(),
    cpus,
    memoryBytes: os.totalmem(),
    docker,
    kind,
    kubectl,
    istioctl,
    node: process.version,
  };
}
