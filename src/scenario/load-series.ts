import type { Lane } from '../record/change-record.js';
import type { Callee } from './ingress/ingress-objects.js';
import { hasPaths } from './ingress/ingress-state.js';
import { isOutside, outsideSeriesOf } from './ingress/outside-series.js';
import { anyCluster } from './load/answer.js';
import type { SeriesConfig } from './load/series-config.js';
import type { LoadPlan } from './load-plan.js';
import type { JudgedPath } from './placed-event.js';
import type { OwnCall } from './own-calls.js';

// What the clients of a cluster call, and in which order: it is the order of their series.

/** Where the servers of the load listen. */
export const ports = { http: 8080, tcp: 9000, grpc: 9090 };
/** Where a client calls itself. */
export const controlPort = 8099;

/** The lanes by which a service is called that every cluster has servers of. */
const sharedLanes = ['new', 'reused', 'tcp-stream'] as const satisfies Lane[];
export const sharedName = 'to-any';

/** The lanes of every path between two clusters. */
export const meshLanes = ['new', 'new-no-retry', 'reused', 'tcp-stream', 'grpc-stream'] as const satisfies Lane[];

/** The lanes by which a service of the user's is called: a port that speaks no HTTP is only connected to. */
const ownLanes = { http: ['new', 'reused'], tcp: ['connect'] } as const satisfies Record<OwnCall['protocol'], Lane[]>;

/** A cluster as a name of Kubernetes can have it: what a mesh or a kubeconfig calls it may have capitals, colons and slashes. */
export function labelOf({ clusters }: Pick<LoadPlan, 'clusters'>, cluster: string): string {
  if (/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(cluster)) return cluster;
  const words = cluster.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return `${words.slice(-30).replace(/^-|-$/g, '')}--${clusters.indexOf(cluster) + 1}`;
}

/** The Service whose endpoints are the servers of one cluster; it is there in every cluster. */
export function calleeName(plan: Pick<LoadPlan, 'clusters'>, cluster: string): string {
  return `to-${labelOf(plan, cluster)}`;
}

/** The same servers under a name whose routes have no retries. */
export function onceName(plan: Pick<LoadPlan, 'clusters'>, cluster: string): string {
  return `once-${calleeName(plan, cluster)}`;
}

/** What decides what is called. */
type SeriesPlan = Pick<LoadPlan, 'namespace' | 'clusters' | 'shared' | 'own'>;

/** The full name of a Service of the load. */
export const hostOf = (namespace: string, name: string): string => `${name}.${namespace}.svc.cluster.local`;

/** What the clients of a cluster call in the mesh, in this order; their own control comes last. */
export function seriesOf({ namespace, clusters, shared, own = [] }: SeriesPlan, caller: string): SeriesConfig[] {
  const host = (name: string): string => hostOf(namespace, name);
  const calls = clusters.flatMap((cluster) =>
    meshLanes.map((lane): SeriesConfig => {
      const name = (lane === 'new-no-retry' ? onceName : calleeName)({ clusters }, cluster);
      const port = lane === 'tcp-stream' ? ports.tcp : lane === 'grpc-stream' ? ports.grpc : ports.http;
      return { lane, cluster, host: host(name), port };
    }),
  );
  const any = sharedLanes.map((lane): SeriesConfig => {
    const port = lane === 'tcp-stream' ? ports.tcp : ports.http;
    return { lane, cluster: anyCluster, host: host(sharedName), port };
  });
  const mine = callsOf(own, caller).map(({ call: { to, host, port, httpPath }, lane }): SeriesConfig => ({
    ...{ lane, cluster: to, host, port },
    path: httpPath,
  }));
  return [
    ...calls,
    ...(shared ? any : []),
    ...mine,
    { lane: 'control', cluster: 'self', host: '127.0.0.1', port: controlPort },
  ];
}

/** The calls of a cluster for the paths of the user, one for each lane. */
export function callsOf(own: readonly OwnCall[], caller: string): { call: OwnCall; lane: Lane }[] {
  return own
    .filter(({ from }) => from === caller)
    .flatMap((call) => ownLanes[call.protocol].map((lane) => ({ call, lane })));
}

/** The servers of each cluster, as gateways know them. */
export function calleesOf(plan: Pick<LoadPlan, 'namespace' | 'clusters'>): Callee[] {
  const { namespace, clusters } = plan;
  return clusters.map((cluster) => {
    const name = calleeName(plan, cluster);
    return { cluster, name, host: hostOf(namespace, name), port: ports.http };
  });
}

/** Every series of a cluster, each under its index: those of its clients in the mesh, their control, those of clients outside. */
export function allSeries(plan: SeriesPlan, caller: string): SeriesConfig[] {
  const inside = seriesOf(plan, caller);
  // both kinds of clients have the same control
  return [...inside.slice(0, -1), ...outsideSeriesOf(inside.at(-1)!, calleesOf(plan), '')];
}

/** The index of the first series of a client, `cluster1/outside-a`, among all of its cluster; its others follow it. */
export function firstSeriesOf(plan: SeriesPlan, client: string): number {
  return isOutside(client) ? seriesOf(plan, client.slice(0, client.lastIndexOf('/'))).length - 1 : 0;
}

/** The paths of a cluster, each with the index of its series. */
export function pathsOf(
  plan: SeriesPlan & Pick<LoadPlan, 'ingress'>,
  caller: string,
): (JudgedPath & { index: number })[] {
  const own = callsOf(plan.own ?? [], caller);
  const firstOwn = seriesOf(plan, caller).length - 1 - own.length;
  return allSeries(plan, caller).flatMap(({ cluster: to, lane }, index) => {
    if (lane === 'control' || (lane === 'ingress' && !hasPaths(plan.ingress, caller))) return [];
    return [{ ...{ from: caller, to, lane }, own: own[index - firstOwn]?.call, index }];
  });
}
