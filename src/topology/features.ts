import { nearest } from '../kernel/nearest-word.js';
import type { Features } from './plan-types.js';
import type { Topology, TopologyCluster } from './topology-types.js';

/** What a topology has, counted, and what its settings of Istio make of the mesh: those of its control planes in a plan. */
export function features({
  clusters,
  istio,
  controlPlanes = istio ? [istio] : [],
}: {
  clusters: readonly Omit<TopologyCluster, 'istio'>[];
  istio?: Settings;
  controlPlanes?: readonly Settings[];
}): Features {
  const networks = new Set(clusters.map((c) => c.network)).size;
  const remotes = clusters.filter((c) => c.role === 'remote').length;
  const primaries = clusters.length - remotes;
  return {
    clusters: clusters.length,
    networks,
    regions: regionsOf({ clusters }).length,
    primaries,
    remotes,
    flat: networks < clusters.length,
    'multi-network': networks > 1,
    'multi-primary': primaries > 1,
    'primary-remote': remotes > 0,
    // a setting of some control planes counts: what it rules out does not hold for the whole mesh
    'registry-only': controlPlanes.some(
      ({ meshConfig, values }) => isRegistryOnly(meshConfig) ?? isRegistryOnly(values['meshConfig']) ?? false,
    ),
    // a PeerAuthentication is no setting of Istio's installation: only a mesh that exists can have one
    'strict-mtls': false,
  };
}

type Settings = Pick<Topology['istio'], 'values' | 'meshConfig'>;

/** Whether a mesh config, or a part of one, says REGISTRY_ONLY; undefined where it says nothing of the outbound traffic. */
export function isRegistryOnly(meshConfig: unknown): boolean | undefined {
  const { outboundTrafficPolicy } = (meshConfig ?? {}) as { outboundTrafficPolicy?: { mode?: unknown } | null };
  return outboundTrafficPolicy?.mode === undefined ? undefined : outboundTrafficPolicy.mode === 'REGISTRY_ONLY';
}

/** The regions in the order of the clusters, each once. */
export function regionsOf({ clusters }: { clusters: readonly Pick<TopologyCluster, 'region'>[] }): string[] {
  return [...new Set(clusters.map(({ region }) => region))];
}

const counts = ['clusters', 'networks', 'regions', 'primaries', 'remotes'] as const;

/** For each flag what a topology without it, and one with it, is like. */
const flags = {
  flat: ['no network holds two clusters', 'a network holds two or more clusters'],
  'multi-network': ['all clusters are in one network', 'there are two or more networks'],
  'multi-primary': ['only one cluster is a primary', 'there are two or more primaries'],
  'primary-remote': ['no cluster is a remote', 'there is a remote'],
  'registry-only': [
    'the mesh passes on calls to hosts that are not registered',
    'the mesh refuses calls to hosts that are not registered (outboundTrafficPolicy REGISTRY_ONLY)',
  ],
  'strict-mtls': [
    'the mesh accepts plain text',
    'the mesh refuses plain text (a PeerAuthentication in its root namespace is STRICT)',
  ],
} as const;

const comparisons: Record<string, (a: number, b: number) => boolean> = {
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '=': (a, b) => a === b,
};

/** Every word that a requirement can begin with. */
export const featureWords: readonly string[] = [...counts, ...Object.keys(flags)];

/**
 * Why a topology with these features does not meet `requirement`, for a reader; undefined when it does. A requirement is
 * a flag (`flat`, `multi-network`, `registry-only` ...) or a comparison (`regions >= 3`), `not ` may
 * stand before either. Throws on anything else: that is a mistake in a suite.
 */
export function missingFeature(requirement: string, features: Features): string | undefined {
  const [, not, word = '', sign, number] =
    /^(not )?([a-z-]+)(?: *(>=|<=|>|<|=) *(\d+))?$/.exec(requirement.trim()) ?? [];
  const count = counts.find((c) => c === word);
  if (count && sign) {
    const met = comparisons[sign]!(features[count], Number(number)) !== Boolean(not);
    return met ? undefined : `needs ${requirement.trim()}, the topology has ${features[count]}`;
  }
  if (Object.hasOwn(flags, word) && !sign) {
    const flag = word as keyof typeof flags;
    // the state of a run that an earlier version made has no newer flags
    const met = Boolean(features[flag]) !== Boolean(not);
    return met ? undefined : `needs ${requirement.trim()}: ${flags[flag][not ? 1 : 0]}`;
  }
  const suggestion = nearest(word, featureWords);
  throw new Error(
    `"${requirement}" is not a requirement: known are ${Object.keys(flags).join(', ')} and ${counts.join(', ')} with >= 2${suggestion ? `; did you mean ${suggestion}` : ''}`,
  );
}

/** `missingFeature` of several requirements: the reason of the first that is not met; undefined when all are. */
export function firstMissing(requirements: readonly string[], features: Features): string | undefined {
  return requirements.map((one) => missingFeature(one, features)).find((reason) => reason !== undefined);
}

/** What the east-west gateway of a cluster is for; undefined for a cluster that needs none. */
export function eastWestGateway(
  cluster: Omit<TopologyCluster, 'istio'>,
  clusters: readonly Omit<TopologyCluster, 'istio'>[],
): { services: boolean; istiod: boolean } | undefined {
  // the pods of another network come in through it, and so do the proxies of the remotes to their istiod
  const services = new Set(clusters.map((c) => c.network)).size > 1;
  const istiod = clusters.some((c) => c.primary === cluster.name);
  return services || istiod ? { services, istiod } : undefined;
}
