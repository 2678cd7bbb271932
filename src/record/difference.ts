import type { Difference } from './difference-schema.js';
import { newestRecords } from './last-runs.js';
import type { Behaviour, RunRecord, TopologyRecord } from './result.js';

/**
 * A record whose topologies say what has changed since the newest report below `root` of the same topology and environment. A
 * topology without one, or with nothing that was decided in both, says nothing.
 */
export async function withDifferences(record: RunRecord, root: string): Promise<RunRecord> {
  const missing = new Set(
    record.topologies.filter(({ behaviours }) => behaviours.some(isDecided)).map(({ name }) => name),
  );
  const found = new Map<string, Difference>();
  for await (const earlier of newestRecords(root)) {
    if (missing.size === 0) break;
    if (earlier.environment.name !== record.environment.name || earlier.run.id === record.run.id) continue;
    for (const topology of record.topologies) {
      const before = earlier.topologies.find(({ name }) => name === topology.name);
      const difference = before && missing.has(topology.name) && differenceTo(earlier, before, record, topology);
      if (!difference) continue;
      found.set(topology.name, difference);
      missing.delete(topology.name);
    }
  }
  const topologies = record.topologies.map((topology) => {
    const difference = found.get(topology.name);
    return difference ? { ...topology, difference } : topology;
  });
  return { ...record, topologies };
}

/** Undefined where no behaviour was decided in both. */
export function differenceTo(
  earlier: RunRecord,
  before: TopologyRecord,
  record: RunRecord,
  now: TopologyRecord,
): Difference | undefined {
  const old = new Map(before.behaviours.filter(isDecided).map((behaviour) => [behaviour.id, behaviour]));
  const both = now.behaviours.filter((behaviour) => isDecided(behaviour) && old.has(behaviour.id));
  if (both.length === 0) return undefined;
  const changes = both
    .map(({ id, verdict }) => ({ behaviour: id, before: old.get(id)!.verdict, now: verdict }))
    .filter((change) => change.before !== change.now);
  const [causesBefore, causesNow] = [namesOf(before), namesOf(now)];
  return {
    run: earlier.run.id,
    startedAt: earlier.run.startedAt,
    compared: both.length,
    changes,
    newCauses: causesNow.filter((name) => !causesBefore.includes(name)),
    goneCauses: causesBefore.filter((name) => !causesNow.includes(name)),
    versions: versionsOf(earlier, before).flatMap(([of, was], i) => {
      const is = versionsOf(record, now)[i]![1];
      return was === is ? [] : [{ of, before: was, now: is }];
    }),
  };
}

function isDecided({ verdict }: Behaviour): boolean {
  return verdict === 'passed' || verdict === 'failed' || verdict === 'undetermined';
}

function namesOf({ findings = [] }: TopologyRecord): string[] {
  return [...new Set(findings.map(({ check, cluster }) => (cluster ? `${check} in ${cluster}` : check)))];
}

function versionsOf(
  { environment, meshproof }: RunRecord,
  { controlPlanes = [], fileSha256 = '' }: TopologyRecord,
): [of: string, version: string][] {
  const istio = [...new Set(controlPlanes.map(({ version }) => version))].join(', ');
  return [
    ['Istio', istio || environment.istio],
    ['Kubernetes', environment.kubernetes],
    ['meshproof', meshproof.version],
    ['the topology file', fileSha256.slice(0, 12)],
  ];
}
