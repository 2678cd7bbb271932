import { lentLabel } from '../run/object-labels.js';
import type { LoadConfig } from './load/load-main.js';
import { gatewayConfiguration, gatewayObjects, ingressName } from './ingress/ingress-objects.js';
import { hasGateway, ingressAddress } from './ingress/ingress-state.js';
import { outsideNames, outsideSeriesOf } from './ingress/outside-series.js';
import { loadDeployment, samplesFolder } from './load-deployment.js';
import type { SeriesConfig } from './load/series-config.js';
import {
  calleeName,
  calleesOf,
  controlPort,
  hostOf,
  labelOf,
  onceName,
  ports,
  seriesOf,
  sharedName,
} from './load-series.js';
import type { LoadPlan, SharedService } from './load-plan.js';

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

function configOf(plan: LoadPlan, cluster: string): LoadConfig {
  const series = seriesOf(plan, cluster);
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

/** The namespace of the load, whose pods follow a revision or tag by `injection`. */
export function loadNamespace({ namespace: name, labels }: LoadPlan, injection: Record<string, string>): object {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { ...labels, [lentLabel]: 'true', ...injection } },
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
  const host = (name: string): string => hostOf(namespace, name);
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
      selector: { app: 'server', ...(of !== undefined && { cluster: labelOf(plan, of) }) },
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
      service(calleeName(plan, of), of, Object.entries(ports)),
      service(onceName(plan, of), of, [['http', ports.http]]),
      ...(primary ? [withoutRetries(metadata(onceName(plan, of)), host(onceName(plan, of)))] : []),
    ]),
    ...(shared ? [service(sharedName, undefined, Object.entries(ports))] : []),
    ...(shared && primary ? [ruleFor(metadata(sharedName), host(sharedName), shared)] : []),
    loadDeployment({
      ...pods('server', { app: 'server', cluster: labelOf(plan, cluster) }),
      replicas: 2,
      readyPort: ports.http,
    }),
    ...clientNames.map((name) =>
      loadDeployment({ ...pods(`client-${name}`, { app: 'client', client: name }), client: name }),
    ),
    ...(hasGateway(plan.ingress, cluster) ? gatewayObjects(metadata, namespace) : []),
    ...(primary && clusters.some((one) => hasGateway(plan.ingress, one))
      ? gatewayConfiguration(metadata, namespace, calleesOf(plan))
      : []),
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
