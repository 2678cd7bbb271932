import type { PathRecord } from '../change-record.js';
import type { Behaviour, RunRecord } from '../result.js';

/** What a figure counts. Of all of them more is worse. */
export type FigureUnit = 'ms' | 'latency-ms' | 'share';

/** One number that a run has measured. */
export interface Figure {
  topology: string;
  /** The same in every run: `LOC-2: failover of cluster1`. */
  name: string;
  unit: FigureUnit;
  value: number;
  /** Of a figure that says more about the machine than about the mesh. */
  judged: boolean;
}

type Json = Behaviour['measurements'][string];

/** Every number of a record that can be compared with that of another run. */
export function figuresOf(record: RunRecord): Figure[] {
  return record.topologies.flatMap(({ name: topology, provisioningMs, behaviours, changes = [] }): Figure[] => [
    ...(provisioningMs === undefined
      ? []
      : [{ topology, name: 'time until the mesh is up', unit: 'ms' as const, value: provisioningMs, judged: false }]),
    ...behaviours
      .filter(({ verdict }) => verdict === 'passed' || verdict === 'failed')
      .flatMap(({ id, measurements }) =>
        Object.entries(measurements).flatMap(([name, value]) => figuresIn(value, `${id}: ${name}`, topology)),
      ),
    ...changes.flatMap(({ id, paths }) =>
      paths.flatMap((path) => figuresOfPath(path, `change ${id}: ${path.id}`, topology)),
    ),
  ]);
}

/** What was lost on a path while the mesh was changed, and how long the slowest of a hundred answers took. */
function figuresOfPath({ gapMs, latency }: PathRecord, name: string, topology: string): Figure[] {
  const p99 = latency.change?.p99;
  return [
    { topology, name: `${name}, time without answers`, unit: 'ms', value: gapMs, judged: true },
    ...(p99 === undefined
      ? []
      : [{ topology, name: `${name}, p99 during the change`, unit: 'latency-ms' as const, value: p99, judged: true }]),
  ];
}

/** Measurements are told apart by their fields, which docs/reports.md documents; any other JSON has no figure. */
function figuresIn(value: Json, name: string, topology: string): Figure[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const { toStableMs, longestGapMs, expected, counts } = value;
  const figure = (unit: FigureUnit, number: number, more = ''): Figure[] => [
    { topology, name: `${name}${more}`, unit, value: number, judged: true },
  ];
  if (typeof toStableMs === 'number') return figure('ms', toStableMs);
  if (typeof longestGapMs === 'number') return figure('ms', longestGapMs, ', longest gap');
  const [shares, seen] = [numbersOf(expected), numbersOf(counts)];
  if (shares && seen) return figure('share', farthest(shares, seen), ', distance from the shares expected');
  return [];
}

function numbersOf(value: Json | undefined): Record<string, number> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const all = Object.values(value);
  return all.length > 0 && all.every((one) => typeof one === 'number') ? (value as Record<string, number>) : undefined;
}

/** The largest difference between a share and what was expected of it; 0.1 is ten points. */
function farthest(expected: Record<string, number>, counts: Record<string, number>): number {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const names = new Set([...Object.keys(expected), ...Object.keys(counts)]);
  return Math.max(...[...names].map((name) => Math.abs((counts[name] ?? 0) / (total || 1) - (expected[name] ?? 0))));
}
