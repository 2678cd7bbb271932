import { loadBalancers, ranges } from './check-addresses.js';
import { istio } from './check-istio.js';
import { at, title, type Complaint } from './complaint.js';
import type { Draft, DraftCluster } from './draft.js';
import { nearest } from '../kernel/nearest-word.js';
import type { Path } from './positions.js';

/** What a schema cannot say: everything about a topology that follows from several of its fields and needs no environment. */
export function checkDraft(draft: Draft): Complaint[] {
  return [names, networks, roles, ranges, loadBalancers, helloworld, istio, provider].flatMap((check) => check(draft));
}

function names({ clusters }: Draft): Complaint[] {
  return repeated(clusters, 'name', (name, first) => ({
    message: `the name ${name} is already the name of clusters[${first.index}]`,
    allowed: 'a unique name for every cluster',
  }));
}

function networks({ clusters }: Draft): Complaint[] {
  return clusters
    .filter((cluster) => clusters.length > 1 && !cluster.given.has('network'))
    .map((cluster) => ({
      path: at(cluster),
      message: `${title(cluster)} has no network`,
      allowed: 'network: <name>, the same for clusters whose pods reach each other directly',
    }));
}

function roles({ clusters }: Draft): Complaint[] {
  const primaries = clusters.filter((c) => c.role === 'primary' && c.name).map((c) => c.name!);
  const found = clusters.flatMap((cluster): Complaint[] => {
    if (cluster.role === 'primary' && cluster.given.has('primary')) {
      return [
        {
          path: at(cluster, 'primary'),
          part: 'key',
          message: `${title(cluster)} is a primary, but has the key primary`,
          allowed: 'primary: only with role: remote',
        },
      ];
    }
    if (cluster.role !== 'remote') return [];
    const allowed = primaries.join(', ') || 'a cluster with role: primary (the file has none)';
    if (!cluster.given.has('primary'))
      return [
        {
          path: at(cluster),
          message: `${title(cluster)} is a remote without a primary`,
          allowed: `primary: ${allowed}`,
        },
      ];
    const { primary } = cluster;
    if (primary === undefined || primaries.includes(primary)) return [];
    const named = clusters.find((c) => c.name === primary);
    // its role is wrong in itself and reported as such
    if (named && named.role === undefined) return [];
    const message = named
      ? `the primary of ${title(cluster)}, ${primary}, is also a remote`
      : `the primary of ${title(cluster)}, ${primary}, is not a cluster of this file`;
    return [
      {
        path: at(cluster, 'primary'),
        message,
        read: primary,
        allowed,
        suggestion: named ? undefined : nearest(primary, primaries),
      },
    ];
  });
  if (clusters.length > 0 && clusters.every((c) => c.role === 'remote')) {
    found.push({
      path: ['clusters'],
      part: 'key',
      message: 'the topology has no primary',
      allowed: 'role: primary for at least one cluster',
    });
  }
  return found;
}

function helloworld({ clusters }: Draft): Complaint[] {
  const seen = new Map<string, DraftCluster>();
  const found: Complaint[] = [];
  for (const cluster of clusters) {
    for (const [i, version] of (cluster.helloworld ?? []).entries()) {
      const first = seen.get(version);
      const origin = cluster.given.has('helloworld') ? '' : ' (the default)';
      const message = `helloworld ${version}${origin} of ${title(cluster)} runs in ${first && title(first)} already`;
      if (first)
        found.push({
          path: [...at(cluster, 'helloworld'), i],
          message,
          allowed: 'unique versions: the version shows which cluster answered',
        });
      else seen.set(version, cluster);
    }
  }
  if (clusters.length > 0 && clusters.every((c) => c.helloworld?.length === 0)) {
    found.push({
      path: ['clusters'],
      part: 'key',
      message: 'no cluster runs helloworld',
      allowed: 'helloworld: [v1] in at least one cluster',
    });
  }
  return found;
}

/** Fields that only one of the providers can honour; silence would be a promise. */
function provider(draft: Draft): Complaint[] {
  const kind = draft.provider ?? 'kind';
  // a provider that is wrong in itself says nothing about the other fields
  if (draft.given.has('provider') && draft.provider === undefined) return [];
  const only = (other: string, path: Path): Complaint => ({
    path,
    part: 'key',
    message: `${String(path.at(-1))} is for provider ${other}, but this file has provider ${kind}`,
    allowed: `provider: ${other}, or no such key`,
  });
  if (kind === 'kind') {
    const top = ['kubeconfig', 'attach', 'external']
      .filter((key) => draft.given.has(key))
      .map((key) => only('existing', [key]));
    return [
      ...top,
      ...draft.clusters.filter((c) => c.given.has('context')).map((c) => only('existing', at(c, 'context'))),
    ];
  }
  const top = draft.given.has('dockerSubnet') ? [only('kind', ['dockerSubnet'])] : [];
  const perCluster = draft.clusters.flatMap((c) =>
    ['workers', 'loadBalancer'].filter((key) => c.given.has(key)).map((key) => only('kind', at(c, key))),
  );
  const missing = draft.clusters
    .filter((c) => !c.given.has('context'))
    .map((c) => ({
      path: at(c),
      message: `${title(c)} has no context`,
      allowed: 'context: <name in the kubeconfig>, required by provider existing',
    }));
  const twice = repeated(draft.clusters, 'context', (context, first) => ({
    message: `the context ${context} is already that of ${title(first)}`,
    allowed: 'a different cluster for every entry',
  }));
  return [...top, ...perCluster, ...missing, ...twice];
}

function repeated(
  clusters: DraftCluster[],
  field: 'name' | 'context',
  complain: (value: string, first: DraftCluster) => Pick<Complaint, 'message' | 'allowed'>,
): Complaint[] {
  return clusters.flatMap((cluster, i) => {
    const value = cluster[field];
    const first = clusters.slice(0, i).find((c) => c[field] === value);
    return value !== undefined && first ? [{ path: at(cluster, field), ...complain(value, first) }] : [];
  });
}
