import { execa } from 'execa';
import { createWriteStream, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { childEnvironment } from '../kernel/child-processes.js';
import { sessionFile, sharedSecretsFile, stateFile } from '../run/run-folders.js';
import { currentSignal } from '../kernel/cancellation.js';
import { exchangeSecrets } from '../kernel/secrets/known-secrets.js';
import type { ManifestChange } from '../fault/manifest-change.js';
import { redactFile } from './playwright/redact-test-results.js';
import { publishedPath } from '../run/report-folder.js';
import { firstLook, forgetCause } from '../check/known-cause.js';
import { checksFile } from '../check/project-checks.js';
import type { Unmet } from '../check/behaviour-needs.js';
import type { MeshState } from '../mesh/mesh-state.js';
import { findingLine } from '../record/finding.js';
import type { Plan } from '../topology/plan-types.js';
import { playwrightFolder, readBehaviours } from '../record/result-files.js';
import { lastFailed } from '../record/last-runs.js';
import { reportsFolder, spansFile } from './report-paths.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { fileProblem } from '../kernel/file-problem.js';
import { scaled } from '../kernel/time-limits.js';
import { readCatalogue } from './behaviour-catalogue.js';
import { listWithPlaywright } from './list-specs.js';
import { playwrightCli, playwrightConfig } from './playwright/playwright-paths.js';
import { sessionVariable, writeSession, type MeshSession } from './playwright/session-file.js';
import { asTyped, isFiltered, selectionOf, type Filters, type Selection } from './selection.js';
import { specFolders } from './spec-folders.js';

export interface SuitesOptions {
  plan: Plan;
  /** The run's folder below reports/. */
  dir: string;
  /** Paths by version of Istio. */
  istioctl: Readonly<Record<string, string>>;
  /** Attached meshes: behaviours may change the whole mesh for a moment. */
  allowDisruptive: boolean;
  /** The documents' own times instead of short ones. */
  long: boolean;
  /** Behaviours side by side. */
  workers: number;
  /** Of a mesh that may have been changed since it was built: it is looked at first, and `workers` are for one that is broken. */
  lookFirst?: { state: MeshState; workers: number };
  /** A behaviour that fails tells what its own namespaces and the configuration were like. */
  evidence: boolean;
  /** `record`: without the reports of Playwright and Allure. */
  reports: MeshSession['reports'];
  /** Arguments for Playwright. */
  args: readonly string[];
  /** The mesh is there afterwards: an interrupt waits until a behaviour has undone what it changed. */
  meshStays: boolean;
  /** What behaviours need of existing clusters and do not get. */
  unmet?: Unmet;
  /** Changes to what the behaviours apply. */
  manifestChanges: readonly ManifestChange[];
  /** Is told each line about a behaviour, as soon as it is decided. */
  print(line: string): void;
}

/**
 * What filters and arguments for Playwright (`args`) select together. Throws (exit 2) when that is nothing; asked before
 * anything is made.
 */
export async function readSelection(filters: Filters, args: readonly string[]): Promise<Selection> {
  const catalogue = isFiltered(filters) ? await readCatalogue() : [];
  const failed = filters.lastFailed ? await lastFailed(reportsFolder()) : [];
  const selection = selectionOf(catalogue, filters, args, failed);
  if (args.length > 0 && selection.args) {
    await checkArguments(selection.args, [asTyped(filters), '--', ...args].join(' ').trim());
  }
  return selection;
}

async function checkArguments(args: readonly string[], asked: string): Promise<void> {
  const result = await listWithPlaywright(specFolders(), args);
  if (result.isCanceled) throw currentSignal().reason;
  if (result.exitCode === 0) return;
  const said = /^error: .*$/im.exec(`${result.stdout}\n${result.stderr}`)?.[0].replace(/^error: /i, '');
  throw new MeshproofError(
    `no behaviour is selected by: ${asked}${said ? ` (Playwright: ${said})` : ''}`,
    exitCode.usage,
    {
      remedy: 'list the ids: meshproof behaviours; words after -- go to Playwright, such as -- --grep LB-1',
    },
  );
}

/**
 * MiB that a heap may have at most; one that may have so little grows to 1.3 times what is in use before garbage is collected,
 * instead of four times: a worker took up to 473 MiB, and has some 90 in use. The user's own value comes later and counts.
 */
const collectEarly = '--max-old-space-size=192';

/**
 * Runs Playwright on a mesh that is up; verdicts reach the record through the reporter's file, so behaviours that fail
 * are no error here. Throws when Playwright itself could not do its work, or decided nothing.
 */
export async function runSuites(options: SuitesOptions): Promise<void> {
  const { plan, meshStays } = options;
  const { topology, runId } = plan;
  const folder = path.join(options.dir, playwrightFolder, topology);
  const log = path.join(folder, 'log.txt');
  const secrets = sharedSecretsFile(runId);
  const session = sessionFile(runId);
  await mkdir(folder, { recursive: true });
  // of a process that was killed
  const endExchange = (): void => {
    [secrets, session].forEach((file) => rmSync(file, { force: true }));
    forgetCause(path.dirname(stateFile(runId)), topology);
  };
  endExchange();
  const cause = options.lookFirst && (await firstLook(options.lookFirst.state, path.dirname(stateFile(runId))));
  if (cause) options.print(`the mesh is broken, so failures are not waited for: ${findingLine(cause)}`);
  // also after a second Ctrl-C
  process.once('exit', endExchange);
  exchangeSecrets(secrets);
  writeSession(session, {
    version: 1,
    suites: specFolders(),
    checksFile: checksFile(),
    timeouts: { scale: scaled(1) },
    mesh: {
      topology,
      clusters: plan.clusters.length,
      stateFile: stateFile(runId),
      reportDir: options.dir,
      playwrightDir: folder,
      reports: options.reports,
      spansFile: path.join(options.dir, spansFile),
      secretsFile: secrets,
      istioctl: options.istioctl,
      workers: cause ? options.lookFirst!.workers : options.workers,
      allowDisruptive: options.allowDisruptive,
      evidence: options.evidence,
      long: options.long,
      unmet: options.unmet,
      manifestChanges: [...options.manifestChanges],
    },
  });
  const child = execa(process.execPath, [playwrightCli(), 'test', '--config', playwrightConfig, ...options.args], {
    env: {
      ...childEnvironment(),
      NODE_OPTIONS: `${collectEarly} ${process.env['NODE_OPTIONS'] ?? ''}`,
      [sessionVariable]: session,
      // Playwright's streams are pipes; whether there is a terminal behind them is known here
      FORCE_COLOR: process.stderr.isTTY && !process.env['NO_COLOR'] ? '1' : '0',
    },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    cancelSignal: currentSignal(),
    // Playwright ends its tests and reporters in order on SIGINT
    killSignal: 'SIGINT',
    // what a behaviour changed is undone meanwhile; a mesh that goes anyway is not waited for
    forceKillAfterDelay: meshStays ? 5 * 60_000 : 10_000,
  });
  const logged = keepOutput(child.stdout, log);
  createInterface({ input: child.stderr }).on('line', options.print);
  const result = await child;
  try {
    // keys that workers have made
    exchangeSecrets(secrets);
  } finally {
    endExchange();
    process.off('exit', endExchange);
  }
  const unwritten = await logged;
  redactFile(log);
  if (result.isCanceled) throw currentSignal().reason;
  if (unwritten) throw unwritten;
  if (result.exitCode === 0) return;
  const behaviours = await readBehaviours(options.dir, topology);
  // 1: some test failed; any other exit code leaves the undecided behaviours unknown
  if (result.exitCode === 1 && behaviours.some(({ verdict }) => verdict === 'failed' || verdict === 'undetermined'))
    return;
  const [message, expected] =
    behaviours.length === 0
      ? ['Playwright ended without a verdict', 'a verdict for at least one behaviour']
      : [
          'Playwright reported an error, although no behaviour failed',
          'exit code 0, or a failed behaviour that explains another exit code',
        ];
  throw new MeshproofError(message, exitCode.environment, {
    where: path.relative(process.cwd(), publishedPath(log)),
    expected,
    remedy: `${result.signal ? `it was ended by ${result.signal}` : `its exit code was ${result.exitCode}`}; see its output in that file`,
  });
}

/** Writes a stream to a file. What cannot be written is returned when the stream has ended, whose rest goes nowhere. */
async function keepOutput(stream: Readable, file: string): Promise<MeshproofError | undefined> {
  const output = createWriteStream(file);
  let problem: MeshproofError | undefined;
  output.on('error', (error) => {
    problem = fileProblem(error, file);
    stream.unpipe(output);
    stream.resume();
  });
  stream.pipe(output);
  await finished(stream).catch(() => undefined);
  // one that is broken has ended already
  if (!problem) await finished(output).catch(() => undefined);
  return problem;
}
