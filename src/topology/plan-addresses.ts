import { blocks, cidrRange, contains, formatAddress, overlaps, parseRange, type AddressRange } from './cidr.js';
import type { Complaint } from './complaint.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import type { ClusterPlan } from './plan-types.js';
import type { Environment } from './environment-types.js';
import type { Topology } from './topology-types.js';

export interface Addresses {
  subnet: string;
  nodeRange: string;
  loadBalancers: ClusterPlan['loadBalancerRange'][];
}

/**
 * Shares out the addresses of the Docker network: its first /24 to the node containers, the next ones to the load
 * balancers of the clusters, one each. What does not fit goes to `complaints`.
 * Throws MeshproofError, exit code 3, when the environment's pool has no free block left.
 */
export function planAddresses(
  topology: Topology,
  environment: Environment,
  { usedSubnets = [], routed = [] }: { usedSubnets?: readonly string[]; routed?: readonly string[] },
  complaints: Complaint[],
): Addresses {
  const used = usedSubnets.map(cidrRange);
  const subnet = topology.dockerSubnet ?? freeSubnet(topology, environment, [...used, ...routed.map(cidrRange)]);
  const whole = cidrRange(subnet);
  if (topology.dockerSubnet) complaints.push(...subnetComplaints(topology, whole, used));
  const nodeRange = `${formatAddress(whole.first)}/24`;
  const nodes = cidrRange(nodeRange);
  const ranges = topology.clusters.map((cluster, i): AddressRange => {
    if (cluster.loadBalancer) return parseRange(cluster.loadBalancer)!;
    const block = whole.first + 256 * (i + 1);
    return { first: block + 1, last: block + 254 };
  });
  for (const [i, cluster] of topology.clusters.entries()) {
    const range = ranges[i]!;
    const path = ['clusters', i, 'loadBalancer'];
    const read = showRange(range);
    const complain = (message: string, allowed: string) => complaints.push({ path, message, read, allowed });
    if (!contains(whole, range)) {
      complain(
        `the load balancer range of ${cluster.name} lies outside the Docker network ${subnet}`,
        cluster.loadBalancer
          ? `addresses of ${subnet}`
          : `a dockerSubnet of ${topology.clusters.length + 1} blocks of /24 at least, or a loadBalancer for every cluster`,
      );
    }
    if (overlaps(nodes, range))
      complain(
        `the load balancer range of ${cluster.name} overlaps ${nodeRange}, the addresses of the nodes`,
        `addresses after ${formatAddress(nodes.last)}`,
      );
    const other = ranges.slice(0, i).findIndex((r) => overlaps(r, range));
    // two given ranges were compared when the file was read
    if (other >= 0 && !(cluster.loadBalancer && topology.clusters[other]!.loadBalancer)) {
      complain(
        `the load balancer range of ${cluster.name} overlaps that of ${topology.clusters[other]!.name}, ${showRange(ranges[other]!)}`,
        'separate addresses for every cluster',
      );
    }
  }
  return {
    subnet,
    nodeRange,
    loadBalancers: ranges.map(({ first, last }) => ({ first: formatAddress(first), last: formatAddress(last) })),
  };
}

function freeSubnet(topology: Topology, environment: Environment, used: readonly AddressRange[]): string {
  const taken = [...used, ...clusterRanges(topology).map((r) => r.range)];
  for (const block of blocks(environment.addressPool, 20)) {
    if (!taken.some((range) => overlaps(range, cidrRange(block)))) return block;
  }
  throw new MeshproofError(
    `no free /20 for a Docker network in the address pool ${environment.addressPool}`,
    exitCode.preflight,
    {
      where: environment.file,
      expected: 'a block that overlaps no Docker network, no route of this machine, and no pod or service range',
      remedy: 'remove Docker networks that are not needed (docker network ls), or set dockerSubnet in the topology',
    },
  );
}

function subnetComplaints(topology: Topology, whole: AddressRange, used: readonly AddressRange[]): Complaint[] {
  const found: Complaint[] = [];
  const subnet = topology.dockerSubnet!;
  const other = used.find((range) => overlaps(range, whole));
  if (other) {
    found.push({
      path: ['dockerSubnet'],
      message: `dockerSubnet ${subnet} overlaps ${showRange(other)} of another Docker network`,
      allowed: 'addresses that no Docker network uses, or no dockerSubnet, so that meshproof chooses a free block',
    });
  }
  for (const { index, field, range } of clusterRanges(topology)) {
    if (!overlaps(range, whole)) continue;
    const cluster = topology.clusters[index]!;
    found.push({
      path: ['clusters', index, field],
      message: `${field} ${cluster[field]} of ${cluster.name} overlaps dockerSubnet ${subnet}`,
      allowed: 'ranges that do not overlap, because nodes, pods and services reach each other',
    });
  }
  return found;
}

function clusterRanges(topology: Topology): { index: number; field: 'podCIDR' | 'serviceCIDR'; range: AddressRange }[] {
  return topology.clusters.flatMap((cluster, index) =>
    (['podCIDR', 'serviceCIDR'] as const).map((field) => ({ index, field, range: cidrRange(cluster[field]) })),
  );
}

function showRange({ first, last }: AddressRange): string {
  return `${formatAddress(first)}-${formatAddress(last)}`;
}
