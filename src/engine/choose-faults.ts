import { allFaults } from '../fault/fault-list.js';
import type { Fault } from '../fault/fault.js';
import { noticedBy } from '../fault/noticed-by.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { nearest } from '../kernel/nearest-word.js';
import { features, firstMissing } from '../topology/features.js';
import { readTopologies } from '../topology/read-topologies.js';
import { readCatalogue } from './behaviour-catalogue.js';

/** The faults of these ids, in their order; without ids all of them. Throws (exit 2) for one that there is not. */
export function chooseFaults(only: readonly string[] | undefined): readonly Fault[] {
  const all = allFaults();
  const ids = all.map(({ id }) => id);
  for (const word of only ?? []) {
    if (ids.includes(word)) continue;
    const meant = nearest(word, ids);
    throw new MeshproofError(`--only ${word}: unknown fault`, exitCode.usage, {
      remedy: `${meant ? `did you mean ${meant}? ` : ''}list them: meshproof faults --list`,
    });
  }
  return only ? [...new Set(only)].map((word) => all.find(({ id }) => id === word)!) : all;
}

/** A fault as a list shows it. */
export interface FaultRow {
  id: string;
  finding: string;
  requires: readonly string[];
  title: string;
  /** Why the topology that was named cannot have it. */
  notApplicable?: string;
}

/** Every fault, and why a topology cannot have it where it cannot. */
export function faultRows(name: string | undefined, faults: readonly Fault[]): FaultRow[] {
  const [topology] = name === undefined ? [] : readTopologies([name]);
  return faults.map(({ id, title, finding, requires = [] }) => ({
    id,
    finding: finding ?? 'none yet',
    requires,
    title,
    notApplicable: topology && firstMissing(requires, features(topology)),
  }));
}

/** For every behaviour the faults that make it fail, in any of the project's topologies. */
export async function coverageRows(): Promise<{ id: string; faults: string[] }[]> {
  const noticed = allFaults().map((fault) => ({ fault: fault.id, by: noticedBy(fault) }));
  return (await readCatalogue()).map(({ id }) => ({
    id,
    faults: noticed.filter(({ by }) => by.includes(id)).map(({ fault }) => fault),
  }));
}
