import type { Lane } from '../record/change-record.js';
import { anyCluster } from './load/answer.js';
import type { SeriesConfig } from './load/series-config.js';
import type { LoadPlan } from './load-plan.js';
import type { JudgedPath } from './placed-event.js';
import type { OwnCall } from './own-calls.js';

/** What the clients of a cluster call, and in which order: it is the order of their series. */

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

/** What the clients of a cluster call, in this order; their own control comes last. */
export function seriesOf(
  { namespace, clusters, shared, own = [] }: Pick<LoadPlan, 'namespace' | 'clusters' | 'shared' | 'own'>,
  caller: string,
): SeriesConfig[] {
  const host = (name: string): string => `${name}.${namespace}.svc.cluster.local`;
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

/** The paths of a cluster in the order of its series, without its control. */
export function pathsOf(
  plan: Pick<LoadPlan, 'namespace' | 'clusters' | 'shared' | 'own'>,
  caller: string,
): JudgedPath[] {
  const own = callsOf(plan.own ?? [], caller);
  const series = seriesOf(plan, caller).slice(0, -1);
  return series.map(({ cluster: to, lane }, i): JudgedPath => ({
    ...{ from: caller, to, lane: lane as Lane },
    own: own[i - (series.length - own.length)]?.call,
  }));
}
