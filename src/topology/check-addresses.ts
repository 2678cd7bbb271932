import { cidrRange, overlaps, parseRange, prefixLength } from './cidr.js';
import { at, title, type Complaint } from './complaint.js';
import type { Draft } from './draft.js';

/** Pods and services that reach each other directly have addresses of their own, and room for their nodes. */
export function ranges({ clusters }: Draft): Complaint[] {
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
          allowed: 'different ranges: an address must be unique in its network and its cluster',
        },
      ];
    }),
  );
  for (const cluster of clusters) {
    if (!cluster.podCIDR || cluster.workers === undefined) continue;
    const nodes = 2 ** (24 - prefixLength(cluster.podCIDR));
    if (cluster.workers + 1 <= nodes) continue;
    const message = `podCIDR ${cluster.podCIDR} of ${title(cluster)} has room for ${nodes} ${nodes === 1 ? 'node' : 'nodes'}, it has ${cluster.workers + 1}`;
    found.push({
      path: at(cluster, 'podCIDR'),
      message,
      allowed: 'a /24 for every node, including the control-plane node',
    });
  }
  return found;
}

/** Ranges that the file gives; whether they fit the Docker network is known once that is. */
export function loadBalancers({ clusters, given }: Draft): Complaint[] {
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
        allowed: 'separate addresses for every cluster, because they share one Docker network',
      });
    }
    if (!given.has('dockerSubnet')) {
      const message = `loadBalancer of ${title(one)} is set, but dockerSubnet is not`;
      found.push({
        path,
        message,
        read: one.loadBalancer,
        allowed: 'a dockerSubnet that contains it; otherwise the Docker network is chosen later',
      });
    }
    return found;
  });
}
