import path from 'node:path';
import { redactJson } from '../clusters/redact.js';
import { releaseLease } from '../clusters/runs.js';
import { interruption, thenAlways } from '../clusters/scope.js';
import { batchesOf } from '../faults/batches.js';
import { faults as all } from '../faults/catalogue.js';
import { proveFile, proveRecordSchema, type FaultRecord, type ProveRecord } from '../faults/record.js';
import { exitCodeOf, summarizeFaults } from '../faults/summary.js';
import { meshOf, type Fault } from '../faults/types.js';
import { refreshSettings } from '../mesh/mesh-settings.js';
import { writeAtomically } from '../record/files.js';
import { withReport, type ReportFolder } from '../record/report-folder.js';
import { exitCode, MeshproofError, type ExitCode } from '../topology/errors.js';
import { problemOfWriting } from './report.js';
import { features, firstMissing } from '../topology/features.js';
import { nearest } from '../topology/nearest.js';
import { columns } from '../topology/table.js';
import { readCatalogue } from './catalogue.js';
import { checkMachine } from './context.js';
import { documentedTopologies } from './documented-topologies.js';
import { wasInterrupted } from './interrupt.js';
import type { GlobalOptions } from './options.js';
import { print } from './print.js';
import { projectTopologies, readTopologies } from './topologies.js';
import { learnSecretsOf } from './learn-secrets.js';
import { makeMesh, meshThatIsUp, reportIdOf, takeMesh } from './mesh-commands.js';
import { discard, keep } from './ownership.js';
import type { Progress } from './progress.js';
import { proveFaults, unproven, type Ground } from './prove-faults.js';
import { reportsFolder } from './report-paths.js';
import { uncaught } from './uncaught.js';

/** What `prove` is asked. */
export interface ProveFlags {
  /** Ids of faults. */
  only?: string[];
  /** A mesh that is up, instead of one that is made for this. */
  run?: string;
  list?: boolean;
  coverage?: boolean;
  allowDisruptive: boolean;
}

/** `meshproof prove`: breaks a real mesh in known ways, one after the other, and demands that each is noticed, named and nothing else. */
export async function proveCommand(
  name: string | undefined,
  flags: ProveFlags,
  options: GlobalOptions,
  progress: Progress,
): Promise<ExitCode> {
  const faults = choose(flags.only);
  if (flags.list) return listFaults(name, faults, options);
  if (flags.coverage) return listCoverage(options);
  const startedAt = new Date();
  const own = { replaceMesh: false, allowDisruptive: flags.allowDisruptive, long: false };
  if (flags.run !== undefined) {
    const state = meshThatIsUp(flags.run);
    refuseForeign(state.plan.provider, flags);
    await takeMesh(state, progress);
    try {
      const programs = await checkMachine([state.plan], progress, { meshIsUp: true });
      return await proveAll(faults, { state, programs, flags: own, progress, meshStays: true }, startedAt, options);
    } finally {
      releaseLease(state.runId);
    }
  }
  const topology = name ?? documentedTopologies[0]!;
  refuseForeign(readTopologies([topology])[0]!.provider, flags);
  const { state, programs } = await makeMesh(topology, own, options, progress);
  const meshStays = Boolean(options.keep);
  return thenAlways(
    () => proveAll(faults, { state, programs, flags: own, progress, meshStays }, startedAt, options),
    async () => (meshStays ? keep(state.runId, progress) : discard(state.runId, progress)),
  );
}

/** Proves one fault after the other; the record is written anew after each. */
async function proveAll(
  faults: readonly Fault[],
  mesh: Omit<Ground, 'dir'>,
  startedAt: Date,
  options: GlobalOptions,
): Promise<ExitCode> {
  const { state, progress } = mesh;
  const { notes: settings, unknown } = await refreshSettings(state);
  if (unknown)
    throw new MeshproofError(`the settings of the mesh are unknown: ${unknown}`, exitCode.environment, {
      expected: 'a user who may read the ConfigMap istio, PeerAuthentications and Sidecars in the root namespace',
      remedy: 'give the user of the kubeconfig these rights, or name another context',
    });
  return withReport(reportsFolder(), reportIdOf(state.runId, startedAt), (report) => {
    progress.note(`run ${state.runId}; report in reports/${report.id}`);
    return proveInto(report, faults, mesh, startedAt, options, settings);
  });
}

async function proveInto(
  report: ReportFolder,
  faults: readonly Fault[],
  mesh: Omit<Ground, 'dir'>,
  startedAt: Date,
  options: GlobalOptions,
  found: readonly string[],
): Promise<ExitCode> {
  const { state, progress } = mesh;
  const records: FaultRecord[] = [];
  const notes = new Set(found);
  const learn = async (): Promise<void> => (await learnSecretsOf(state)).forEach((note) => notes.add(note));
  const write = async (): Promise<ProveRecord> => {
    const interrupted = wasInterrupted();
    const code = exitCodeOf(records, interrupted);
    const { environment, istio, topology } = state.plan;
    const record = proveRecordSchema.parse(
      redactJson({
        schemaVersion: 1,
        run: {
          id: report.id,
          startedAt: startedAt.toISOString(),
          finishedAt: new Date().toISOString(),
          command: ['meshproof', ...process.argv.slice(2)],
          exitCode: uncaught() && code === exitCode.passed ? exitCode.environment : code,
          interrupted,
        },
        topology,
        environment: { name: environment.name, kubernetes: environment.kubernetes, istio: istio.version },
        faults: records,
        notes: [...notes],
      } satisfies ProveRecord),
    );
    await writeAtomically(path.join(report.dir, proveFile), `${JSON.stringify(record, null, 2)}\n`);
    return record;
  };
  const ground = { ...mesh, dir: report.dir };
  await learn();
  const possible: Fault[] = [];
  for (const fault of faults) {
    const reason = firstMissing(fault.requires ?? [], state.plan.features);
    if (reason === undefined) possible.push(fault);
    else records.push({ ...unproven(fault), verdict: 'not-applicable', reason });
  }
  const batches = batchesOf(possible, meshOf(state.clusters, state.plan.features));
  for (const [i, batch] of batches.entries()) {
    if (interruption.signal.aborted) break;
    progress.note(`${batch.map(({ id }) => id).join(', ')} (${i + 1} of ${batches.length})`);
    const proven = await proveFaults(batch, ground);
    records.push(...proven);
    await write();
    for (const { id, missed, falseAlarms, reason } of proven)
      for (const text of [...missed, ...falseAlarms, ...(reason ? [reason] : [])]) progress.note(`${id}: ${text}`);
    const left = proven.find((record) => record.left !== undefined)?.left;
    if (left === undefined) continue;
    progress.note(left);
    const reason = `not tried: after ${proven[0]!.id} ${left}`;
    for (const fault of batches.slice(i + 1).flat()) records.push({ ...unproven(fault), reason });
    break;
  }
  await learn();
  const record = await write();
  const unpublished = await problemOfWriting(report.publish());
  progress.stop();
  const text = summarizeFaults(record, `reports/${report.id}`);
  process.stdout.write(options.output === 'json' ? `${JSON.stringify(record, null, 2)}\n` : text);
  if (unpublished) throw unpublished;
  return record.run.exitCode as ExitCode;
}

function refuseForeign(provider: string, { allowDisruptive }: ProveFlags): void {
  if (provider !== 'existing' || allowDisruptive) return;
  throw new MeshproofError(
    'these clusters are not meshproof’s own, and faults break the mesh on purpose',
    exitCode.usage,
    {
      remedy: 'prove on clusters that are made for it, or say --allow-disruptive',
    },
  );
}

/** The faults of these ids, in the order of the catalogue. Throws (exit 2) for one that there is not. */
function choose(only: readonly string[] | undefined): readonly Fault[] {
  const ids = all.map(({ id }) => id);
  for (const word of only ?? []) {
    if (ids.includes(word)) continue;
    const meant = nearest(word, ids);
    throw new MeshproofError(`--only ${word}: there is no such fault`, exitCode.usage, {
      remedy: `${meant ? `did you mean ${meant}? ` : ''}see all of them with: meshproof prove --list`,
    });
  }
  return only ? all.filter(({ id }) => only.includes(id)) : all;
}

/** Every fault, and why a topology cannot have it where it cannot. */
function listFaults(name: string | undefined, faults: readonly Fault[], options: GlobalOptions): ExitCode {
  const [topology] = name === undefined ? [] : readTopologies([name]);
  const rows = faults.map(({ id, title, finding, requires = [] }) => ({
    id,
    finding: finding.id,
    requires,
    title,
    notApplicable: topology && firstMissing(requires, features(topology)),
  }));
  const lines = rows.map(({ id, finding, requires, title, notApplicable }) => [
    id,
    finding,
    notApplicable ?? (requires.join(', ') || 'all'),
    title,
  ]);
  print(options, rows, columns([['fault', 'finding', 'applies to', 'title'], ...lines]).join('\n'));
  return exitCode.passed;
}

/** For every behaviour the faults that make it fail, in any of the project's topologies. */
async function listCoverage(options: GlobalOptions): Promise<ExitCode> {
  const meshes = projectTopologies().map((topology) => {
    const handles = topology.clusters.map((cluster) => ({ ...cluster, kubeconfig: '', apiServer: '', nodes: [] }));
    return meshOf(handles, features(topology));
  });
  const can = ({ requires = [] }: Fault) =>
    meshes.filter((mesh) => firstMissing(requires, mesh.features) === undefined);
  const rows = (await readCatalogue()).map(({ id }) => ({
    id,
    faults: all.filter((fault) => can(fault).some((mesh) => id in fault.fails(mesh))).map((fault) => fault.id),
  }));
  const lines = rows.map(({ id, faults }) => [id, faults.join(', ') || 'none']);
  print(options, rows, columns([['behaviour', 'faults that make it fail'], ...lines]).join('\n'));
  return exitCode.passed;
}
