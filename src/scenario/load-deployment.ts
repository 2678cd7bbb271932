/** Where a client writes its samples. */
export const samplesFolder = '/samples';
/**
 * What a container of the load asks for, its proxy as well: on a busy node it gets five times the time of a pod that asks for 10m,
 * so that what waits is the mesh, and not what measures it.
 */
export const cpuRequest = '50m';

/** A Deployment of the load's program: of servers, or of one client. */
export interface LoadDeployment {
  metadata: object;
  /** Of its pods. */
  labels: Readonly<Record<string, string>>;
  image: string;
  /** The client that it is; without it, it serves. */
  client?: string;
  /** Whether it has no proxy. */
  outside?: boolean;
  /** Default: one. */
  replicas?: number;
  /** Says over HTTP whether a server is ready. */
  readyPort?: number;
}

/** Pods of one kind spread over nodes. */
export function apartFrom(labels: Readonly<Record<string, string>>): object {
  const apart = { labelSelector: { matchLabels: labels }, topologyKey: 'kubernetes.io/hostname' };
  return {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: apart }],
    },
  };
}

/** A roll-out by which a Deployment never has fewer pods that are ready. */
export const oneMoreFirst = { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } };

/** The object of a Deployment of the load's program. */
export function loadDeployment({
  metadata,
  labels,
  image,
  client,
  outside = false,
  replicas = 1,
  readyPort,
}: LoadDeployment): object {
  const container = {
    name: 'load',
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['node', '--max-old-space-size=128', '--max-semi-space-size=1', '/load/load-main.js'],
    env: [
      { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      // malloc keeps memory for every thread otherwise
      { name: 'MALLOC_ARENA_MAX', value: '1' },
      ...(client === undefined ? [] : [{ name: 'CLIENT', value: client }]),
    ],
    resources: { requests: { cpu: cpuRequest } },
    securityContext: {
      runAsUser: 1000,
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    },
    ...(readyPort !== undefined && {
      readinessProbe: {
        httpGet: { path: '/ready', port: readyPort },
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
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      replicas,
      selector: { matchLabels: labels },
      // a client is one series of samples: there are never two of it
      strategy: client === undefined ? oneMoreFirst : { type: 'Recreate' },
      template: {
        metadata: outside
          ? { labels: { ...labels, 'sidecar.istio.io/inject': 'false' } }
          : { labels, annotations: { 'sidecar.istio.io/proxyCPU': cpuRequest } },
        spec: {
          terminationGracePeriodSeconds: 8,
          automountServiceAccountToken: false,
          // the full names of Services have four dots: without this each would be looked for in three domains first
          dnsConfig: { options: [{ name: 'ndots', value: '2' }] },
          affinity: apartFrom({ app: labels['app']! }),
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
