import os from 'node:os';
import { packageVersion } from '../../kernel/project-files.js';
import { schemaVersion, summaryOf, verdictOf, type RunRecord, type TopologyRecord } from '../result.js';
import { exitCodeOfMatrix, type CellResult } from './cell-result.js';
import type { MatrixPlan } from './matrix-plan.js';

/** A cell with the record of the attempt that decides, where it left one. */
export interface CellWithRecord extends CellResult {
  record?: RunRecord;
}

/**
 * One record of all cells, so that every view of a record is one of the matrix as well: each cell is a topology under the cell's id. A
 * cell without a result is a topology that could not be proven. Paths lead from the folder `merged/` to the cells' own reports.
 */
export function mergedRecord(
  plan: MatrixPlan,
  cells: readonly CellWithRecord[],
  command: readonly string[],
): RunRecord {
  const records = cells.flatMap(({ record }) => record ?? []);
  const topologies = cells.flatMap((cell) => topologiesOf(cell, plan));
  const starts = records.map(({ run }) => run.startedAt).sort();
  const ends = records.map(({ run }) => run.finishedAt).sort();
  const startedAt = starts[0] ?? plan.createdAt;
  const finishedAt = ends.at(-1) ?? plan.createdAt;
  const [first] = records;
  const joined = (of: (record: RunRecord) => string): string =>
    [...new Set(records.map(of))].sort().join(', ') || 'none';
  return {
    schemaVersion,
    run: {
      id: `${plan.name}-${plan.night}`,
      startedAt,
      finishedAt,
      durationMs: Math.max(0, Date.parse(finishedAt) - Date.parse(startedAt)),
      command: ['meshproof', ...command],
      exitCode: exitCodeOfMatrix(cells),
      interrupted: false,
    },
    meshproof: first?.meshproof ?? { version: packageVersion() },
    machine: first?.machine ?? { os: os.type(), cpus: os.cpus().length, memoryBytes: os.totalmem() },
    environment: {
      name: joined(({ environment }) => environment.name),
      kubernetes: joined(({ environment }) => environment.kubernetes),
      istio: joined(({ environment }) => environment.istio),
      notes: [...new Set(records.flatMap(({ environment }) => environment.notes))],
      images: {},
    },
    topologies,
    summary: summaryOf(topologies),
  };
}

function topologiesOf(result: CellWithRecord, plan: MatrixPlan): TopologyRecord[] {
  const { cell, record, last, outcome } = result;
  if (!record || record.topologies.length === 0) return [withoutResult(result, plan)];
  const inMerged = (path: string): string => `../cells/${cell.id}/${last!.report}/${path}`;
  return record.topologies.map((topology) => {
    const made: TopologyRecord = {
      ...topology,
      // of several topologies in one record each keeps its own name as well
      name: record.topologies.length === 1 ? cell.id : `${cell.id}.${topology.name}`,
      notes: [...(topology.notes ?? []), ...notesOf(result)],
      evidence: topology.evidence.map((file) => ({ ...file, path: inMerged(file.path) })),
      configuration: topology.configuration && inMerged(topology.configuration),
      difference: undefined,
      behaviours: topology.behaviours.map((behaviour) => ({
        ...behaviour,
        topology: cell.id,
        attachments: behaviour.attachments.map((file) => ({ ...file, path: inMerged(file.path) })),
      })),
    };
    const refused = outcome === 'refused' ? { message: 'the report of this cell contains a secret' } : undefined;
    const problem = made.problem ?? refused;
    return { ...made, problem, verdict: verdictOf({ ...made, problem }) };
  });
}

function notesOf({ cell, attempts }: CellResult): string[] {
  const before = attempts
    .slice(0, -1)
    .map(({ number, outcome, cause }) => `attempt ${number}: ${outcome}${cause ? `: ${cause.says}` : ''}`);
  return [...before, ...(cell.allowFailure === undefined ? [] : [`this cell may fail: ${cell.allowFailure}`])];
}

function withoutResult(result: CellResult, plan: MatrixPlan): TopologyRecord {
  const { cell, outcome, cause } = result;
  const notes = notesOf(result);
  return {
    name: cell.id,
    file: cell.axes.topology,
    features: {},
    verdict: 'undetermined',
    timings: [],
    problem: {
      message: `${outcome}: ${cause?.says ?? 'it has no result'}`,
      remedy: `meshproof matrix ${plan.file} --night ${plan.night} --cell ${cell.id}`,
    },
    notes: notes.length > 0 ? notes : undefined,
    behaviours: [],
    evidence: [],
  };
}
