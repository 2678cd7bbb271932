import type { Finding } from '../finding.js';
import type { TopologyRecord } from '../result.js';

/** What of a topology findings name as broken: names of clusters, and ways between two of them. */
export interface BrokenParts {
  clusters: Set<string>;
  control: Set<string>;
  pods: Set<string>;
  gateways: Set<string>;
  links: Record<'control' | 'calls', [from: string, to: string][]>;
  /** The same as sentences. */
  words: string[];
}

type Part = 'control' | 'pods' | 'gateways';

/** By the hop of a finding; what is not named here is at the pods. */
const partOfHop: Record<string, Part> = {
  'control plane': 'control',
  way: 'gateways',
  gateway: 'gateways',
  telemetry: 'control',
  validation: 'control',
};

/** What to draw red. */
export function brokenParts({ clusters = [], findings = [], problem }: TopologyRecord): BrokenParts {
  const names = clusters.map(({ name }) => name);
  const hasGateway = (name: string) => clusters.some((one) => one.name === name && one.eastWestGateway);
  const broken: BrokenParts = {
    clusters: new Set(),
    control: new Set(),
    pods: new Set(),
    gateways: new Set(),
    links: { control: [], calls: [] },
    words: [],
  };
  // what kept a mesh from being built names the cluster first, such as cluster2/istio-system/istiod
  const [where = ''] = (problem?.where ?? problem?.message ?? '').split(/[/:]/);
  if (names.includes(where)) broken.clusters.add(where);
  for (const finding of findings) {
    const { cluster, hop, check } = finding;
    if (!cluster || !names.includes(cluster)) continue;
    const named = partOfHop[hop ?? ''] ?? 'pods';
    const part = named === 'gateways' && !hasGateway(cluster) ? 'pods' : named;
    const others = othersIn(finding, names);
    broken.clusters.add(cluster);
    // what lies between two clusters is at neither end
    if (hop !== 'way' || others.length === 0) broken[part].add(cluster);
    broken.words.push(`Broken in ${cluster}: ${check}.`);
    for (const other of others) {
      broken.links[part === 'control' ? 'control' : 'calls'].push([cluster, other]);
      broken.words.push(`Broken between ${cluster} and ${other}: ${check}.`);
    }
  }
  return broken;
}

/** Other clusters that the facts of a finding name, as a key or as a value; a list may as well name those that are right. */
function othersIn({ facts, cluster }: Finding, names: readonly string[]): string[] {
  const said = new Set<unknown>([...Object.keys(facts), ...Object.values(facts)]);
  return names.filter((name) => name !== cluster && said.has(name));
}
