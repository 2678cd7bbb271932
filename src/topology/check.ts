import { cidrRange, overlaps, parseRange, prefixLength } from './cidr.js';
import type { Draft, DraftCluster } from './draft.js';
import type { Problem } from './errors.js';
import { nearest } from './nearest.js';
import type { Path } from './positions.js';

/** A problem that does not know its line yet. */
export interface Complaint extends Pick<Problem, 'message' | 'read' | 'allowed' | 'suggestion'> {
  path: Path;
  part?: 'key' | 'value';
}

/** What a schema cannot say: everything about a topology that follows from several of its fields and needs no environment. */
export function checkDraft(draft: Draft): Complaint[] {
  return [names, networks, roles, ranges, loadBalancers, helloworld, provider].flatMap((check) => check(draft));
}

function names({ clusters }: Draft): Complaint[] {
  return repeated(clusters, 'name', (name, first) => ({
    message: `the name ${name} is that of clusters[${first.index}] already`,
    allowed: 'a name of its own for every cluster',
  }));
}

function networks({ clusters }: Draft): Complaint[] {
  return clusters
    .filter((cluster) => clusters.length > 1 && !cluster.given.has('network'))
    .map((cluster) => ({
      path: at(cluster),
      message: `${title(cluster)} has no network`,
      allowed: 'network: <name>; the same one for clusters whose pods reach each other directly',
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
          message: `${title(cluster)} is a primary and has the key primary`,
          allowed: 'primary: only with role: remote',
        },
      ];
    }
    if (cluster.role !== 'remote') return [];
    const allowed = primaries.join(', ') || 'a cluster with role: primary (there is none)';
    if (!cluster.given.has('primary'))
      return [
        {
          path: at(cluster),
          message: `${title(cluster)} is a remote and names no primary`,
          allowed: `primary: ${allowed}`,
        },
      ];
    const { primary } = cluster;
    if (primary === undefined || primaries.includes(primary)) return [];
    const named = clusters.find((c) => c.name === primary);
    // its role is wrong in itself and reported as such
    if (named && named.role === undefined) return [];
    const message = named ? `${primary} is a remote itself` : `there is no cluster ${primary}`;
    return [{ path: at(cluster, 'primary'), message, read: primary, allowed, suggestion: nearest(primary, primaries) }];
  });
  if (clusters.length > 0 && clusters.every((c) => c.role === 'remote')) {
    found.push({
      path: ['clusters'],
      part: 'key',
      message: 'no cluster is a primary',
      allowed: 'role: primary for one of them',
    });
  }
  return found;
}

function ranges({ clusters }: Draft): Complaint[] {
  const all = clusters.flatMap((cluster) =>
    (['podCIDR', 'serviceCIDR'] as const).flatMap((field) =>
      cluster[field] ? [{ cluster, field, cidr: cluster[field], range: cidrRange(cluster[field]) }] : [],
    ),
  );
  const found = all.flatMap((one, i) =>
    all.slice(0, i).flatMap((other): Complaint[] => {
      const together =
        one.cluster === other.cluster ||
        (one.cluster.network !== undefined && one.cluster.network === other.cluster.network);
      if (!together || !overlaps(one.range, other.range)) return [];
      const where =
        one.cluster === other.cluster ? '' : ` of ${title(other.cluster)} in the same network ${one.cluster.network}`;
      const origin = one.cluster.given.has(one.field) ? '' : ' (the default)';
      return [
        {
          path: at(one.cluster, one.field),
          message: `${one.field} ${one.cidr}${origin} of ${title(one.cluster)} overlaps ${other.field} ${other.cidr}${where}`,
          allowed: 'ranges that do not overlap: these have to reach each other directly',
        },
      ];
    }),
  );
  for (const cluster of clusters) {
    if (!cluster.podCIDR || cluster.workers === undefined) continue;
    const nodes = 2 ** (24 - prefixLength(cluster.podCIDR));
    if (cluster.workers + 1 <= nodes) continue;
    const message = `podCIDR ${cluster.podCIDR} of ${title(cluster)} has room for ${nodes} ${nodes === 1 ? 'node' : 'nodes'}, it has ${cluster.workers + 1}`;
    found.push({ path: at(cluster, 'podCIDR'), message, allowed: 'a /24 for every node, the control plane included' });
  }
  return found;
}

function loadBalancers({ clusters, given }: Draft): Complaint[] {
  const own = clusters.filter((c) => c.loadBalancer !== undefined);
  return own.flatMap((one, i): Complaint[] => {
    const other = own.slice(0, i).find((c) => overlaps(parseRange(c.loadBalancer!)!, parseRange(one.loadBalancer!)!));
    const path = at(one, 'loadBalancer');
    const found: Complaint[] = [];
    if (other) {
      const message = `loadBalancer of ${title(one)} overlaps that of ${title(other)}, ${other.loadBalancer}`;
      found.push({
        path,
        message,
        read: one.loadBalancer,
        allowed: 'addresses of its own for every cluster: they share one Docker network',
      });
    }
    if (!given.has('dockerSubnet')) {
      const message = `loadBalancer of ${title(one)} is given and dockerSubnet is not`;
      found.push({
        path,
        message,
        read: one.loadBalancer,
        allowed: 'with a dockerSubnet that holds it; without one the Docker network is chosen later',
      });
    }
    return found;
  });
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
          allowed: 'every version once: it tells which cluster answered',
        });
      else seen.set(version, cluster);
    }
  }
  if (clusters.length > 0 && clusters.every((c) => c.helloworld?.length === 0)) {
    found.push({
      path: ['clusters'],
      part: 'key',
      message: 'no cluster runs helloworld',
      allowed: 'helloworld: [v1] in one of them at least',
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
    message: `${String(path.at(-1))} is for provider ${other}, and this file has ${kind}`,
    allowed: `provider: ${other}, or the file without this key`,
  });
  if (kind === 'kind') {
    const top = ['kubeconfig', 'attach'].filter((key) => draft.given.has(key)).map((key) => only('existing', [key]));
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
      allowed: 'context: <name in the kubeconfig>; provider existing needs it',
    }));
  const twice = repeated(draft.clusters, 'context', (context, first) => ({
    message: `the context ${context} is that of ${title(first)} already`,
    allowed: 'a cluster of its own for every entry',
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

function at(cluster: DraftCluster, field?: string): Path {
  return ['clusters', cluster.index, ...(field ? [field] : [])];
}

function title(cluster: DraftCluster): string {
  return cluster.name ?? `clusters[${cluster.index}]`;
}
