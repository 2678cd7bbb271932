import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { faultRunFile, faultRunSchema } from '../fault/fault-record.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { headlineOf } from '../record/headline.js';
import { recordFile } from '../record/result-files.js';
import { recordSchema, type Verdict } from '../record/result.js';

/** A report as lists show it. */
export interface Report {
  /** The name of its folder. */
  id: string;
  /** What made it; `unreadable`: its record is damaged, or of another version of meshproof. */
  kind: 'behaviours' | 'faults' | 'unreadable';
  /** ISO 8601; of one that is unreadable when its record was written. */
  startedAt: string;
  verdict: Verdict | 'unreadable';
  sentence: string;
  topologies: string[];
  environment?: string;
  istio?: string;
  exitCode?: number;
  /** Its folder has its own name: one that somebody has renamed is kept for a reason. */
  named: boolean;
}

/** What makes a folder a report: a file with a record in it, and how that is read. */
const records: readonly { file: string; read(data: unknown): Omit<Report, 'id' | 'named'> & { run: string } }[] = [
  { file: recordFile, read: ofBehaviours },
  { file: faultRunFile, read: ofFaults },
];

/** Every report below a folder, the newest first. A folder without a record is none. */
export function listReports(root: string): Report[] {
  const names = existsSync(root) ? readdirSync(root) : [];
  const all = names
    .filter((name) => lstatSync(path.join(root, name)).isDirectory())
    .flatMap((name) => reportIn(root, name));
  return all.sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}

/**
 * The report that a user means: by its name, by the beginning of one, or, without any, the newest. Throws (exit 2) where there is
 * none.
 */
export function findReport(root: string, name: string | undefined): Report {
  const all = listReports(root);
  const found =
    name === undefined ? all[0] : (all.find(({ id }) => id === name) ?? all.find(({ id }) => id.startsWith(name)));
  if (found) return found;
  throw new MeshproofError(name === undefined ? 'no report exists' : `no report is called ${name}`, exitCode.usage, {
    where: root,
    remedy: all.length > 0 ? 'list the reports: meshproof runs' : 'create one: meshproof run',
  });
}

function reportIn(root: string, name: string): Report[] {
  const found = records.find(({ file }) => existsSync(path.join(root, name, file)));
  if (!found) return [];
  const file = path.join(root, name, found.file);
  try {
    const { run, ...report } = found.read(JSON.parse(readFileSync(file, 'utf8')));
    return [{ id: name, ...report, named: run === name }];
  } catch (error) {
    const why =
      error instanceof z.ZodError ? 'its record has another version, or is damaged' : (error as Error).message;
    const startedAt = lstatSync(file).mtime.toISOString();
    const unknown = { kind: 'unreadable', verdict: 'unreadable', topologies: [] } as const;
    return [{ id: name, ...unknown, startedAt, sentence: why, topologies: [], named: false }];
  }
}

function ofBehaviours(data: unknown): ReturnType<(typeof records)[number]['read']> {
  const record = recordSchema.parse(data);
  const { verdict, sentence } = headlineOf(record);
  return {
    run: record.run.id,
    kind: 'behaviours',
    startedAt: record.run.startedAt,
    verdict,
    sentence,
    topologies: record.topologies.map(({ name }) => name),
    environment: record.environment.name,
    istio: record.environment.istio,
    exitCode: record.run.exitCode,
  };
}

function ofFaults(data: unknown): ReturnType<(typeof records)[number]['read']> {
  const { run, topology, environment, faults } = faultRunSchema.parse(data);
  const right = faults.filter(({ verdict }) => verdict === 'as-declared').length;
  const wrong = faults.filter(({ verdict }) => verdict === 'wrong').map(({ id }) => id);
  const verdicts: Record<number, Verdict> = { [exitCode.passed]: 'passed', [exitCode.failed]: 'failed' };
  return {
    run: run.id,
    kind: 'faults',
    startedAt: run.startedAt,
    verdict: verdicts[run.exitCode] ?? 'undetermined',
    sentence: `${right} of ${faults.length} faults as declared${wrong.length > 0 ? `, not ${wrong.join(', ')}` : ''}`,
    topologies: [topology],
    environment: environment.name,
    istio: environment.istio,
    exitCode: run.exitCode,
  };
}
