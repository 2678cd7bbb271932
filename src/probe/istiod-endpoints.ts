import type { Target } from '../kube/kubectl.js';
import { orUndetermined } from '../kernel/undetermined.js';
import { askIstiod, type IstiodOf } from './istiod-debug.js';

/** An endpoint as istiod has it. */
export interface KnownEndpoint {
  /** The cluster whose API server istiod has it from. */
  cluster: string;
  address: string;
  port: number;
  portName: string;
  network: string;
  /** `istio` or `disabled`. */
  tlsMode: string;
  workload: string;
}

/** What an istiod knows: endpoints by host, and the gateways that lead to other networks. */
export interface Known {
  endpoints: Map<string, KnownEndpoint[]>;
  gateways: { network: string; cluster: string; address: string; port: number }[];
}

/** Endpoints and gateways that the istiod of a primary knows, by its debug endpoints. */
export async function knownToIstiod(primary: Target, istiod: IstiodOf, signal?: AbortSignal): Promise<Known> {
  const [shards, networks] = await Promise.all(
    ['endpointShardz', 'networkz'].map((name) => askIstiod(primary, istiod, `/debug/${name}`, signal)),
  );
  return orUndetermined('reading what istiod knows', primary.name, async () => ({
    endpoints: readShards(shards!),
    gateways: readNetworks(networks!),
  }));
}

/** Reads `endpointShardz`. Exported for its test. */
export function readShards(text: string): Map<string, KnownEndpoint[]> {
  const hosts = (JSON.parse(text) ?? {}) as Record<string, Record<string, { Shards?: Record<string, Shard[] | null> }>>;
  return new Map(
    Object.entries(hosts).map(([host, namespaces]) => [
      host,
      Object.values(namespaces).flatMap(({ Shards = {} }) =>
        Object.entries(Shards).flatMap(([shard, endpoints]) =>
          (endpoints ?? []).map((one) => ({
            // Kubernetes/cluster1
            cluster: shard.slice(shard.indexOf('/') + 1),
            address: one.Addresses?.[0] ?? one.Address ?? '',
            port: one.EndpointPort ?? 0,
            portName: one.ServicePortName ?? '',
            network: one.Network ?? '',
            tlsMode: one.TLSMode || 'disabled',
            workload: one.WorkloadName ?? '',
          })),
        ),
      ),
    ]),
  );
}

interface Shard {
  Addresses?: string[] | null;
  /** Of an istiod before several addresses. */
  Address?: string;
  EndpointPort?: number;
  ServicePortName?: string;
  Network?: string;
  TLSMode?: string;
  WorkloadName?: string;
}

/** Reads `networkz`. Exported for its test. */
export function readNetworks(text: string): Known['gateways'] {
  const gateways = JSON.parse(text) as { Network?: string; Cluster?: string; Addr?: string; Port?: number }[] | null;
  return (gateways ?? []).map(({ Network = '', Cluster = '', Addr = '', Port = 0 }) => ({
    network: Network,
    cluster: Cluster,
    address: Addr,
    port: Port,
  }));
}
