import type { LoadConfig } from './load/load-main.js';
import type { SeriesConfig } from './load/series-config.js';
import type { Lane } from '../record/change-record.js';
import { anyCluster } from './load/answer.js';
import { gatewayConfiguration, gatewayObjects, ingressName, type Callee } from './ingress/ingress-objects.js';
import { hasGateway, ingressAddress, type Ingress } from './ingress/ingress-state.js';
import { outsideNames, outsideSeriesOf } from './ingress/outside-series.js';
import { loadDeployment, samplesFolder } from './load-deployment.js';

/** What the pods of the load have in common. */
export interface LoadPlan {
  namespace: string;
  /** Every cluster that calls and is called, in an order that does not change. */
  clusters: readonly string[];
  image: string;
  /** Labels of every object. */
  labels: Record<string, string>;
  perSecond: number;
  shared?: SharedService;
  /** What is known of its gateways for calls from outside of the mesh. */
  ingress?: Ingress;
}

/** A service that every cluster has servers of. */
export interface SharedService {
  /** Of the DestinationRule for it. */
  trafficPolicy: object;
}

/** By which it is called. */
const sharedLanes = ['new', 'reused', 'tcp-stream'] as const satisfies Lane[];
const sharedName = 'to-any';

/** The lanes of every path between two clusters. */
export const meshLanes = ['new', 'new-no-retry', 'reused', 'tcp-stream', 'grpc-stream'] as const satisfies Lane[];

/** Two clients in each cluster: one watches while the other is restarted. */
export const clientNames = ['a', 'b'] as const;

/** A call whose start is later than its tick by more is not measured: it would stand for the time of the next. */
export function lateAfterMs(perSecond: number): number {
  return 500 / perSecond;
}

/**
 * An answer that takes longer counts as stalled: whatever lost a packet of a new connection was there for a second, because
 * that is when Linux sends it again.
 */
export const stalledAfterMs = 1_000;
export const timeoutMs = 5_000;
/** A call within a client that takes longer says that the client, or its node, was late. */
export const controlLateAfterMs = 250;

export const samplesFile = `${samplesFolder}/calls`;
export const rateFile = `${samplesFolder}/rate`;
const ports = { http: 8080, tcp: 9000, grpc: 9090 };
const controlPort = 8099;

/** The Service whose endpoints are the servers of one cluster; it is there in every cluster. */
function calleeName(cluster: string): string {
  return `to-${cluster}`;
}

/** The same servers under a name whose routes have no retries. */
function onceName(cluster: string): string {
  return `once-to-${cluster}`;
}

const hostOf = (namespace: string, name: string): string => `${name}.${namespace}.svc.cluster.local`;

/** The servers of each cluster, as gateways know them. */
export function calleesOf({ namespace, clusters }: Pick<LoadPlan, 'namespace' | 'clusters'>): Callee[] {
  return clusters.map((cluster) => ({ cluster, host: hostOf(namespace, calleeName(cluster)), port: ports.http }));
}

/** What a client in the mesh calls, in this order; its own control comes last. */
export function seriesOf({
  namespace,
  clusters,
  shared,
}: Pick<LoadPlan, 'namespace' | 'clusters' | 'shared'>): SeriesConfig[] {
  const host = (name: string): string => hostOf(namespace, name);
  const calls = clusters.flatMap((cluster) =>
    meshLanes.map((lane): SeriesConfig => {
      const name = lane === 'new-no-retry' ? onceName(cluster) : calleeName(cluster);
      const port = lane === 'tcp-stream' ? ports.tcp : lane === 'grpc-stream' ? ports.grpc : ports.http;
      return { lane, cluster, host: host(name), port };
    }),
  );
  const any = sharedLanes.map((lane): SeriesConfig => {
    const port = lane === 'tcp-stream' ? ports.tcp : ports.http;
    return { lane, cluster: anyCluster, host: host(sharedName), port };
  });
  return [...calls, ...(shared ? any : []), { lane: 'control', cluster: 'self', host: '127.0.0.1', port: controlPort }];
}

function configOf(plan: LoadPlan, cluster: string): LoadConfig {
  const series = seriesOf(plan);
  const common = {
    perSecond: plan.perSecond,
    lateAfterMs: lateAfterMs(plan.perSecond),
    timeoutMs,
  };
  const client = (i: number, own: SeriesConfig[]) => ({
    ...common,
    series: own,
    stagger: i / clientNames.length,
    file: samplesFile,
    rateFile,
    controlPort,
  });
  const address = ingressAddress(plan.ingress, cluster);
  const outsideClients = address === undefined ? [] : outsideNames;
  return {
    // while its endpoints are withdrawn in all clusters: 0.1 to 1 s, measured
    server: { cluster, ports, lastMs: 3_000 },
    clients: Object.fromEntries([
      ...clientNames.map((name, i) => [name, client(i, series)]),
      ...outsideClients.map((name, i) => [name, client(i, outsideSeriesOf(series.at(-1)!, calleesOf(plan), address!))]),
    ]),
  };
}

/** The objects of one cluster; `program` holds the files of the load's program. Istio's own are for primaries alone. */
export function loadObjects(
  plan: LoadPlan,
  cluster: string,
  program: Record<string, string>,
  primary: boolean,
): object[] {
  const { namespace, clusters, labels, shared } = plan;
  const metadata = (name: string, more: Record<string, string> = {}) => ({
    name,
    namespace,
    labels: { ...labels, ...more },
  });
  const pods = (name: string, podLabels: Record<string, string>) => ({
    metadata: metadata(name),
    labels: podLabels,
    image: plan.image,
  });
  const service = (name: string, of: string | undefined, named: [string, number][]): object => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(name),
    spec: {
      selector: { app: 'server', ...(of !== undefined && { cluster: of }) },
      ports: named.map(([port, number]) => ({ name: port, port: number })),
    },
  });
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadata('load'),
      data: { ...program, 'package.json': '{"type":"module"}', 'config.json': JSON.stringify(configOf(plan, cluster)) },
    },
    ...clusters.flatMap((of) => [
      service(calleeName(of), of, Object.entries(ports)),
      service(onceName(of), of, [['http', ports.http]]),
      ...(primary ? [withoutRetries(metadata(onceName(of)), `${onceName(of)}.${namespace}.svc.cluster.local`)] : []),
    ]),
    ...(shared ? [service(sharedName, undefined, Object.entries(ports))] : []),
    ...(shared && primary
      ? [ruleFor(metadata(sharedName), `${sharedName}.${namespace}.svc.cluster.local`, shared)]
      : []),
    loadDeployment({ ...pods('server', { app: 'server', cluster }), replicas: 2, readyPort: ports.http }),
    ...clientNames.map((name) =>
      loadDeployment({ ...pods(`client-${name}`, { app: 'client', client: name }), client: name }),
    ),
    ...(hasGateway(plan.ingress, cluster) ? gatewayObjects(metadata, namespace) : []),
    ...(primary ? gatewayConfiguration(metadata, namespace, calleesOf(plan)) : []),
    ...(ingressAddress(plan.ingress, cluster) === undefined ? [] : outsideNames).map((name) =>
      loadDeployment({ ...pods(`client-${name}`, { app: 'client', client: name }), client: name, outside: true }),
    ),
  ];
}

/** The one way in Istio that works for any proxy: a header of the caller's is removed, because a sidecar takes no caller for internal. */
function withoutRetries(metadata: object, host: string): object {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata,
    spec: {
      hosts: [host],
      exportTo: ['.'],
      http: [{ route: [{ destination: { host } }], retries: { attempts: 0 } }],
    },
  };
}

function ruleFor(metadata: object, host: string, { trafficPolicy }: SharedService): object {
  const spec = { host, exportTo: ['.'], trafficPolicy };
  return { apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', metadata, spec };
}

/** The Deployments of the load in one cluster, in the order in which they are restarted; those outside of the mesh come last. */
export function workloadsIn(plan: Pick<LoadPlan, 'ingress'>, cluster: string): { inMesh: string[]; outside: string[] } {
  const named = (names: readonly string[]): string[] => names.map((name) => `client-${name}`);
  return {
    inMesh: ['server', ...(hasGateway(plan.ingress, cluster) ? [ingressName] : []), ...named(clientNames)],
    outside: ingressAddress(plan.ingress, cluster) === undefined ? [] : named(outsideNames),
  };
}
