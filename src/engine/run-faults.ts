import path from 'node:path';
import { batchesOf } from '../fault/fault-batches.js';
import { meshOf, type Fault } from '../fault/fault.js';
import { faultRunFile, faultRunSchema, type FaultRecord, type FaultRun } from '../fault/fault-record.js';
import { exitCodeOf } from '../fault/faults-summary.js';
import { interruption } from '../kernel/cancellation.js';
import { exitCode, MeshproofError, type ExitCode } from '../kernel/errors.js';
import { writeAtomically } from '../kernel/files.js';
import { invocation } from '../kernel/invocation.js';
import { redactJson } from '../kernel/secrets/redact.js';
import { timeIsUp, uncaught, wasInterrupted } from '../kernel/stop-reasons.js';
import { refreshSettings } from '../mesh/mesh-settings.js';
import type { ReportFolder } from '../run/report-folder.js';
import { documentedTopologies } from '../topology/documented-topologies.js';
import { firstMissing } from '../topology/features.js';
import { readTopologies } from '../topology/read-topologies.js';
import { chooseFaults } from './choose-faults.js';
import type { EnvironmentOptions } from './engine-options.js';
import { meshThatIsUp } from './kept-meshes.js';
import { learnSecretsOf } from './learn-secrets.js';
import { makeMesh } from './make-mesh.js';
import type { Agree, Progress } from './progress.js';
import { tryFaults, untried, type Ground } from './try-faults.js';
import { problemOfWriting } from './run-report.js';
import { onMeshThatIsUp, onNewMesh, withReportOf } from './use-mesh.js';

/** Which faults to try, and on which mesh. */
export interface FaultFlags {
  /** Ids of faults. */
  only?: string[];
  /** A mesh that is up, instead of one that is made for this. */
  run?: string;
  allowDisruptive: boolean;
  /** Milliseconds after which no other fault is tried. */
  maxTime?: number;
}

/** Receives the complete record, before the mesh is removed. */
export type TellFaults = (record: FaultRun) => void;

/** Breaks a real mesh in known ways, one after the other. Each fault must be noticed and named, without false alarms. */
export async function runFaults(
  name: string | undefined,
  flags: FaultFlags,
  options: EnvironmentOptions & { keep?: boolean },
  progress: Progress,
  agree: Agree,
  tell: TellFaults,
): Promise<ExitCode> {
  const faults = chooseFaults(flags.only);
  const startedAt = new Date();
  const own = { replaceMesh: false, allowDisruptive: flags.allowDisruptive, long: false };
  if (flags.run !== undefined) {
    const state = meshThatIsUp(flags.run);
    refuseForeign(state.plan.provider, flags);
    return onMeshThatIsUp(state, flags, progress, (programs) =>
      tryAll(faults, { state, programs, flags: own, progress, meshStays: true }, startedAt, tell),
    );
  }
  const topology = name ?? documentedTopologies[0]!;
  refuseForeign(readTopologies([topology])[0]!.provider, flags);
  const meshStays = Boolean(options.keep);
  return onNewMesh(
    () => makeMesh(topology, own, options, progress, agree),
    { maxTime: flags.maxTime, keep: meshStays },
    progress,
    (made) => tryAll(faults, { ...made, flags: own, progress, meshStays }, startedAt, tell),
  );
}

/** Tries one batch of faults after the other, and writes the record again after each. */
async function tryAll(
  faults: readonly Fault[],
  mesh: Omit<Ground, 'dir'>,
  startedAt: Date,
  tell: TellFaults,
): Promise<ExitCode> {
  const { state, progress } = mesh;
  const { notes: settings, unknown } = await refreshSettings(state);
  if (unknown)
    throw new MeshproofError(`the mesh settings are unknown: ${unknown}`, exitCode.environment, {
      expected: 'the right to read the ConfigMap istio, PeerAuthentications and Sidecars in the root namespace',
      remedy: 'grant these rights to the user of the kubeconfig, or choose another context',
    });
  return withReportOf(state.runId, startedAt, progress, (report) =>
    tryInto(report, faults, mesh, startedAt, tell, settings),
  );
}

async function tryInto(
  report: ReportFolder,
  faults: readonly Fault[],
  mesh: Omit<Ground, 'dir'>,
  startedAt: Date,
  tell: TellFaults,
  found: readonly string[],
): Promise<ExitCode> {
  const { state, progress } = mesh;
  const records: FaultRecord[] = [];
  const notes = new Set(found);
  const learn = async (): Promise<void> => (await learnSecretsOf(state)).forEach((note) => notes.add(note));
  const write = async (): Promise<FaultRun> => {
    const interrupted = wasInterrupted();
    const code = exitCodeOf(records, interrupted);
    const { environment, istio, topology } = state.plan;
    const record = faultRunSchema.parse(
      redactJson({
        schemaVersion: 1,
        run: {
          id: report.id,
          startedAt: startedAt.toISOString(),
          finishedAt: new Date().toISOString(),
          command: ['meshproof', ...invocation()],
          exitCode: uncaught() && code === exitCode.passed ? exitCode.environment : code,
          interrupted,
        },
        topology,
        environment: { name: environment.name, kubernetes: environment.kubernetes, istio: istio.version },
        faults: records,
        notes: [...notes],
      } satisfies FaultRun),
    );
    await writeAtomically(path.join(report.dir, faultRunFile), `${JSON.stringify(record, null, 2)}\n`);
    return record;
  };
  const ground = { ...mesh, dir: report.dir };
  await learn();
  const possible: Fault[] = [];
  for (const fault of faults) {
    const reason = firstMissing(fault.requires ?? [], state.plan.features);
    if (reason === undefined) possible.push(fault);
    else records.push({ ...untried(fault), verdict: 'not-applicable', reason });
  }
  const batches = batchesOf(possible, meshOf(state.clusters, state.plan.features));
  for (const [i, batch] of batches.entries()) {
    const over = timeIsUp();
    if (over) {
      const reason = `not tried: ${over.message}`;
      for (const fault of batches.slice(i).flat()) records.push({ ...untried(fault), reason });
    }
    if (interruption.signal.aborted) break;
    progress.note(`${batch.map(({ id }) => id).join(', ')} (${i + 1} of ${batches.length})`);
    const tried = await tryFaults(batch, ground);
    records.push(...tried);
    await write();
    for (const { id, missed, falseAlarms, reason } of tried)
      for (const text of [...missed, ...falseAlarms, ...(reason ? [reason] : [])]) progress.note(`${id}: ${text}`);
    const left = tried.find((record) => record.left !== undefined)?.left;
    if (left === undefined) continue;
    progress.note(left);
    const reason = `not tried: after ${tried[0]!.id} ${left}`;
    for (const fault of batches.slice(i + 1).flat()) records.push({ ...untried(fault), reason });
    break;
  }
  await learn();
  const record = await write();
  const unpublished = await problemOfWriting(report.publish());
  tell(record);
  if (unpublished) throw unpublished;
  return record.run.exitCode as ExitCode;
}

function refuseForeign(provider: string, { allowDisruptive }: FaultFlags): void {
  if (provider !== 'existing' || allowDisruptive) return;
  throw new MeshproofError(
    'faults break the mesh on purpose, but meshproof did not create these clusters',
    exitCode.usage,
    {
      remedy: 'use clusters that meshproof creates, or add --allow-disruptive',
    },
  );
}
