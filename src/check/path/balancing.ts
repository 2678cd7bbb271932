import type { Assignment, Cluster, Metadata, TransportSocket } from '../../probe/envoy-types.js';
import type { Endpoint } from '../../probe/proxy.js';

/** An endpoint that a proxy may pick. */
export interface Pick {
  address: string;
  port: number;
  /** Part of the cluster's calls, 0 to 1. */
  share: number;
  priority: number;
  locality: string;
  /** Why it gets no calls; undefined for one that is in rotation. */
  out?: string;
  /** The cluster of the mesh that istiod says it is in; empty where it says none. */
  cluster: string;
  /** How the proxy talks to it. */
  transport: 'istio' | 'tls' | 'plain';
  socket?: TransportSocket;
}

/** Envoy takes a priority for sound while its sound part, 1.4 times over, is the whole. */
const overprovisioning = 1.4;

/** The endpoints of a cluster with their shares, by what Envoy was told and by what it thinks of them. */
export function picksOf(cluster: Cluster, assignment: Assignment | undefined, hosts: readonly Endpoint[]): Pick[] {
  const all = (assignment?.endpoints ?? []).flatMap(
    ({ lb_endpoints = [], priority = 0, locality, load_balancing_weight: ofAll = 1 }) =>
      lb_endpoints.map(({ endpoint, health_status: health, metadata, load_balancing_weight: weight = 1 }) => {
        const { address = '', port_value: port = 0 } = endpoint?.address?.socket_address ?? {};
        const seen = hosts.find((host) => host.address === `${address}:${port}`);
        const ejected = seen?.ejected && 'outlier detection has ejected it';
        const unhealthy = health && health !== 'HEALTHY' && health !== 'UNKNOWN' ? `istiod says ${health}` : undefined;
        return {
          address,
          port,
          share: 0,
          priority,
          locality: [locality?.region, locality?.zone].filter(Boolean).join('/'),
          out: unhealthy ?? (ejected || undefined),
          cluster: clusterOf(metadata),
          ...transportOf(cluster, metadata),
          weight,
          ofAll,
        };
      }),
  );
  const loads = priorityLoads(all);
  const weighted = cluster.common_lb_config?.locality_weighted_lb_config !== undefined;
  for (const one of all) {
    const level = all.filter(({ priority, out }) => priority === one.priority && !out);
    if (one.out || level.length === 0) continue;
    const load = loads.get(one.priority) ?? 0;
    const peers = weighted ? level.filter(({ locality }) => locality === one.locality) : level;
    const localities = [...new Map(level.map(({ locality, ofAll }) => [locality, ofAll])).values()];
    const place = weighted ? one.ofAll / sum(localities) : 1;
    one.share = load * place * (one.weight / sum(peers.map(({ weight }) => weight)));
  }
  return all.map(({ weight: _, ofAll: __, ...pick }) => pick);
}

/** The part of the calls that each priority gets. */
function priorityLoads(all: readonly { priority: number; out?: string }[]): Map<number, number> {
  const levels = [...new Set(all.map(({ priority }) => priority))].sort((a, b) => a - b);
  let left = 1;
  const loads = levels.map((level) => {
    const own = all.filter(({ priority }) => priority === level);
    const sound = own.filter(({ out }) => !out).length / own.length;
    const load = Math.min(left, overprovisioning * sound);
    left -= load;
    return [level, load] as const;
  });
  // where no level is sound enough for the rest, those that are left share it
  return new Map(loads.map(([level, load]) => [level, left < 1 ? load / (1 - left) : 0]));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

/** `name;namespace;app;version;cluster` */
function clusterOf(metadata: Metadata | undefined): string {
  return metadata?.filter_metadata?.istio?.workload?.split(';')[4] ?? '';
}

function transportOf(
  cluster: Cluster,
  metadata: Metadata | undefined,
): { transport: Pick['transport']; socket?: TransportSocket } {
  const mode = metadata?.filter_metadata?.['envoy.transport_socket_match']?.tlsMode;
  const matches = cluster.transport_socket_matches ?? [];
  const found = matches.find(({ match = {} }) =>
    match.tlsMode === undefined ? Object.keys(match).length === 0 : match.tlsMode === mode,
  );
  const socket = found?.transport_socket ?? cluster.transport_socket;
  const context = socket?.typed_config?.common_tls_context;
  if (!context) return { transport: 'plain', socket };
  return {
    transport:
      context.alpn_protocols?.includes('istio') || context.alpn_protocols?.includes('istio-peer-exchange')
        ? 'istio'
        : 'tls',
    socket,
  };
}

/** Names that the other side's certificate must have one of; empty for any. */
export function expectedNames(
  socket: TransportSocket | undefined,
): { exact?: string; prefix?: string; suffix?: string }[] {
  const { combined_validation_context: combined, validation_context: own } =
    socket?.typed_config?.common_tls_context ?? {};
  const validation = combined?.default_validation_context ?? own;
  return (
    validation?.match_subject_alt_names ??
    (validation?.match_typed_subject_alt_names ?? []).flatMap(({ matcher }) => matcher ?? [])
  );
}
