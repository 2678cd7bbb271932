import { lentLabel } from '../run/object-labels.js';
import type { LoadConfig } from './load/load-main.js';
import { calleeName, controlPort, labelOf, onceName, ports, seriesOf, sharedName } from './load-series.js';
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
/**
 * What a container of the load asks for, its sidecar as well: on a busy node it gets five times the time of a pod that asks for 10m,
 * so that what waits is the mesh, and not what measures it.
 */
const cpuRequest = '50m';
/** A call within a client that takes longer says that the client, or its node, was late. */
export const controlLateAfterMs = 250;

export const samplesFolder = '/samples';
export const samplesFile = `${samplesFolder}/calls`;
export const rateFile = `${samplesFolder}/rate`;

function configOf(plan: LoadPlan, cluster: string): LoadConfig {
  const common = {
    series: seriesOf(plan, cluster),
    perSecond: plan.perSecond,
    lateAfterMs: lateAfterMs(plan.perSecond),
    timeoutMs,
  };
  const client = (i: number) => ({
    ...common,
    stagger: i / clientNames.length,
    file: samplesFile,
    rateFile,
    controlPort,
  });
  return {
    // while its endpoints are withdrawn in all clusters: 0.1 to 1 s, measured
    server: { cluster, ports, lastMs: 3_000 },
    clients: Object.fromEntries(clientNames.map((name, i) => [name, client(i)])),
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
  const host = (name: string): string => `${name}.${namespace}.svc.cluster.local`;
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
    deployment(plan, metadata, 'server', { app: 'server', cluster: labelOf(plan, cluster) }, 2, 'POD'),
    ...clientNames.map((name) =>
      deployment(plan, metadata, `client-${name}`, { app: 'client', client: name }, 1, name),
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

function deployment(
  { image }: LoadPlan,
  metadata: (name: string) => object,
  name: string,
  labels: Record<string, string>,
  replicas: number,
  client: string,
): object {
  const isClient = labels['app'] === 'client';
  const container = {
    name: 'load',
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['node', '--max-old-space-size=128', '--max-semi-space-size=1', '/load/load-main.js'],
    env: [
      { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      // malloc keeps memory for every thread otherwise
      { name: 'MALLOC_ARENA_MAX', value: '1' },
      ...(isClient ? [{ name: 'CLIENT', value: client }] : []),
    ],
    resources: { requests: { cpu: cpuRequest } },
    securityContext: {
      runAsUser: 1000,
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    },
    ...(!isClient && {
      readinessProbe: {
        httpGet: { path: '/ready', port: ports.http },
        periodSeconds: 1,
        timeoutSeconds: 5,
        failureThreshold: 2,
      },
    }),
    volumeMounts: [
      { name: 'load', mountPath: '/load' },
      { name: 'samples', mountPath: samplesFolder },
    ],
  };
  const apart = { labelSelector: { matchLabels: { app: labels['app'] } }, topologyKey: 'kubernetes.io/hostname' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(name),
    spec: {
      replicas,
      selector: { matchLabels: labels },
      // a client is one series of samples: there are never two of it
      strategy: isClient ? { type: 'Recreate' } : { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels, annotations: { 'sidecar.istio.io/proxyCPU': cpuRequest } },
        spec: {
          terminationGracePeriodSeconds: 8,
          automountServiceAccountToken: false,
          // the full names of Services have four dots: without this each would be looked for in three domains first
          dnsConfig: { options: [{ name: 'ndots', value: '2' }] },
          affinity: {
            podAntiAffinity: {
              preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: apart }],
            },
          },
          containers: [container],
          volumes: [
            { name: 'load', configMap: { name: 'load' } },
            { name: 'samples', emptyDir: {} },
          ],
        },
      },
    },
  };
}
