import type { ClusterEntry, TopologyFile } from './topology-schema.js';
import type { Path } from './positions.js';

/** A cluster whose fields are those of the file that are right and the defaults; a field that is wrong is undefined. */
export type DraftCluster = Partial<Omit<ClusterEntry, 'role'>> & {
  index: number;
  role?: 'primary' | 'remote';
  /** Fields that stand in the file, right or wrong. */
  given: Set<string>;
};

export interface Draft {
  given: Set<string>;
  istio?: TopologyFile['istio'];
  provider?: TopologyFile['provider'];
  clusters: DraftCluster[];
}

/** Keeps what is right, so that one wrong field does not hide the problems of the others. */
export function makeDraft(data: unknown, wrong: readonly Path[]): Draft {
  const bad = new Set(wrong.map((path) => path.join('.')));
  const top = keep(data, [], bad);
  const existing = top['provider'] === 'existing';
  const entries = Array.isArray(top['clusters']) ? (top['clusters'] as unknown[]).slice(0, 15) : [];
  const clusters = entries.flatMap((entry, index): DraftCluster[] => {
    if (Object.keys(asObject(entry)).length === 0) return [];
    const given = new Set(Object.keys(asObject(entry)));
    const fields = { ...keep(entry, ['clusters', index], bad), index, given } as DraftCluster;
    // no networks are guessed where there are two or more clusters: flat or not is what a topology is about
    if (!given.has('network') && entries.length === 1) fields.network = 'network1';
    if (!given.has('role')) fields.role = 'primary';
    if (!given.has('region')) fields.region = `region${index + 1}`;
    if (!given.has('zone') && fields.region) fields.zone = `${fields.region}-zone1`;
    // of a cluster that exists already only its owner knows the ranges
    if (!given.has('podCIDR')) fields.podCIDR = existing ? '' : `10.${10 * (index + 1)}.0.0/16`;
    if (!given.has('serviceCIDR')) fields.serviceCIDR = existing ? '' : `10.${10 * (index + 1) + 1}.0.0/16`;
    if (!given.has('workers')) fields.workers = 0;
    if (!given.has('helloworld')) fields.helloworld = [`v${index + 1}`];
    if (bad.has(`clusters.${index}.helloworld`)) fields.helloworld = undefined;
    return [fields];
  });
  const { provider, istio } = top as Pick<Draft, 'provider' | 'istio'>;
  return { given: new Set(Object.keys(asObject(data))), provider, istio, clusters };
}

/** The fields that no problem was found in or below. */
function keep(value: unknown, path: Path, bad: Set<string>): Record<string, unknown> {
  const wrong = (key: string): boolean => {
    const at = [...path, key].join('.');
    if (bad.has(at)) return true;
    return ['helloworld', 'istio'].includes(key) && [...bad].some((other) => other.startsWith(`${at}.`));
  };
  return Object.fromEntries(Object.entries(asObject(value)).filter(([key]) => !wrong(key)));
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
