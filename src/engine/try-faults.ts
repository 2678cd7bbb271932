import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { noteChange } from '../run/open-changes.js';
import type { MeshState } from '../mesh/mesh-state.js';
import { collectEvidence } from '../evidence/collect-evidence.js';
import { Breakage } from '../fault/breakage.js';
import { judge } from '../fault/judge.js';
import type { ManifestChange } from '../fault/manifest-change.js';
import type { FaultRecord } from '../fault/fault-record.js';
import { failing, meshOf, type EvidenceDemand, type Fault } from '../fault/fault.js';
import { readBehaviours } from '../record/result-files.js';
import type { Behaviour } from '../record/result.js';
import { exitCode } from '../kernel/errors.js';
import { behavioursAtOnce, waitingBehaviours } from '../kernel/parallelism.js';
import { Undo } from '../kernel/undo.js';
import { readCatalogue } from './behaviour-catalogue.js';
import { istioctlFor } from './istioctl-for.js';
import type { Programs } from '../supply/program-paths.js';
import { asError } from '../kernel/as-error.js';
import { timeIsUp, uncaught, wasInterrupted } from '../kernel/stop-reasons.js';
import type { MeshFlags } from './engine-options.js';
import type { Progress } from './progress.js';
import { runSuites } from './run-suites.js';
import { selectionOf } from './selection.js';

/** The mesh on which faults are tried, and where their reports go. */
export interface Ground {
  state: MeshState;
  programs: Programs;
  flags: MeshFlags;
  /** The run's folder below reports/. */
  dir: string;
  /** The mesh is there afterwards. */
  meshStays: boolean;
  progress: Progress;
}

/** The record of a fault that was not tried yet. */
export function untried({ id, title, finding }: Fault): FaultRecord {
  const times = { durationMs: 0, breakMs: 0, noticeMs: 0, mendMs: 0, greenMs: 0 };
  const found = { noticed: false, named: false, findings: [], missed: [], falseAlarms: [], broken: [], mended: [] };
  return { id, title, finding, verdict: 'undetermined', ...found, ...times };
}

/**
 * Breaks the mesh, runs the behaviours that must and must not notice, mends the mesh and runs them again. Takes one fault,
 * or several faults of manifests that do not affect each other. The mesh is mended whatever happens. After an interrupt the
 * records say how far the work came.
 */
export async function tryFaults(faults: readonly Fault[], ground: Ground): Promise<FaultRecord[]> {
  const { state, progress } = ground;
  const mesh = meshOf(state.clusters, state.plan.features);
  const name = faults.length === 1 ? faults[0]!.id : `${faults[0]!.id} and ${faults.length - 1} more`;
  const ids = [
    ...new Set(faults.flatMap((fault) => [...failing(fault.fails(mesh)).map(([id]) => id), ...fault.passes])),
  ];
  const undo = new Undo((what) => noteChange(state.runId, `fault ${name}`, what));
  const times = { breakMs: 0, noticeMs: 0, mendMs: 0, greenMs: 0 };
  const timed = async <T>(key: keyof typeof times, title: string, work: () => Promise<T>): Promise<T> => {
    const start = Date.now();
    return progress.step(`${name}: ${title}`, {}, work).finally(() => (times[key] = Date.now() - start));
  };
  const wrongEvidence: string[] = [];
  let broken: Behaviour[] = [];
  let mended: Behaviour[] = [];
  let reason: string | undefined;
  let left: string | undefined;
  try {
    try {
      for (const fault of faults) {
        if (fault.break) await timed('breakMs', 'break', () => fault.break!(mesh, new Breakage(undo)));
      }
      const manifests = faults.flatMap((fault) => fault.manifests ?? []);
      broken = await timed('noticeMs', 'notice', () => runBehaviours(ids, 'broken', faults, ground, manifests));
      for (const fault of faults) {
        const demands = fault.evidence?.(mesh) ?? [];
        if (demands.length > 0) wrongEvidence.push(...(await checkEvidence(demands, fault, ground)));
      }
    } finally {
      await timed('mendMs', 'mend', () => undo.all()).catch((error: Error) => (left = error.message));
    }
    if (left === undefined)
      mended = await timed('greenMs', 'green again', () => runBehaviours(ids, 'mended', faults, ground, []));
  } catch (error) {
    reason = wasInterrupted()
      ? 'interrupted'
      : asError(uncaught() ?? timeIsUp() ?? error, exitCode.environment).describe();
  }
  return faults.map((fault): FaultRecord => {
    const demanded = { fails: fault.fails(mesh), passes: fault.passes, finding: fault.finding };
    const failed = failing(demanded.fails).map(([id]) => id);
    const own = (seen: readonly Behaviour[]): Behaviour[] =>
      seen.filter(({ id }) => failed.includes(id) || demanded.passes.some((passing) => passing === id));
    const record = { ...untried(fault), broken: own(broken), mended: own(mended), left };
    // the share of each fault when several were tried together
    const longest = (seen: readonly Behaviour[]): number =>
      Math.max(0, ...seen.filter(({ id }) => failed.includes(id)).map(({ durationMs }) => durationMs));
    const noticeMs = faults.length > 1 ? longest(broken) : times.noticeMs;
    const greenMs = faults.length > 1 ? longest(mended) : times.greenMs;
    const durationMs = times.breakMs + noticeMs + times.mendMs + greenMs;
    Object.assign(record, { ...times, noticeMs, greenMs, durationMs });
    if (reason !== undefined || left !== undefined) return { ...record, reason: reason ?? 'the mesh was not restored' };
    const { noticed, named, findings, missed, falseAlarms } = judge(demanded, record.broken, record.mended);
    const right = noticed && named && falseAlarms.length + wrongEvidence.length === 0;
    return {
      ...record,
      noticed: noticed && wrongEvidence.length === 0,
      named,
      findings,
      missed: [...missed, ...wrongEvidence],
      falseAlarms,
      verdict: right ? 'as-declared' : 'wrong',
    };
  });
}

/** Runs behaviours, with or without changed manifests, into a folder of the fault's own. */
async function runBehaviours(
  ids: readonly string[],
  when: 'broken' | 'mended',
  faults: readonly Fault[],
  { state, programs, flags, dir, progress, meshStays }: Ground,
  manifestChanges: readonly ManifestChange[],
): Promise<Behaviour[]> {
  const { args } = selectionOf(await readCatalogue(), { only: [...ids] }, []);
  const folder = path.join(dir, faults[0]!.id, when);
  const { topology } = state.plan;
  await runSuites({
    plan: state.plan,
    dir: folder,
    istioctl: programs.istioctl,
    allowDisruptive: flags.allowDisruptive,
    long: flags.long,
    workers: when === 'broken' ? waitingBehaviours : behavioursAtOnce(flags.lanes),
    evidence: false,
    // a fault has no page of its own
    reports: 'record',
    args: args!,
    meshStays,
    manifestChanges,
    print: (line) => progress.print(line),
  });
  return readBehaviours(folder, topology);
}

async function checkEvidence(
  demands: readonly EvidenceDemand[],
  fault: Fault,
  { state, programs, dir }: Ground,
): Promise<string[]> {
  const folder = path.join(dir, fault.id, 'evidence', state.plan.topology);
  await collectEvidence(state.clusters, path.join(dir, fault.id), state.plan.topology, {
    istioctlFor: istioctlFor(state.plan, programs),
  });
  return demands.flatMap(({ file, has, lacks }) => {
    const where = path.join(folder, file);
    if (!existsSync(where)) return [`there is no evidence ${file}`];
    const text = readFileSync(where, 'utf8');
    if (has !== undefined && !text.includes(has)) return [`evidence ${file} lacks ${has}`];
    return lacks !== undefined && text.includes(lacks) ? [`evidence ${file} has ${lacks}`] : [];
  });
}
