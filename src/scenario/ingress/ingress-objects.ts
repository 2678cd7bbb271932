import { apartFrom, cpuRequest, oneMoreFirst } from '../load-deployment.js';

/** Of the gateway's Deployment, its Service and its Gateway. */
export const ingressName = 'ingress';
/** The label of its pods. Its value is the namespace, so that no Gateway of another namespace picks them. */
export const ingressLabel = 'ingress';
/** Where it takes calls: the same number at the Service and in the pods, which may not listen below 1024. */
export const ingressPort = 8080;

/** The servers of one cluster, as the mesh knows them. */
export interface Callee {
  cluster: string;
  /** Of its Service. */
  name: string;
  host: string;
  port: number;
}

type Metadata = (name: string) => object;

/** A gateway by injection, with an address of a load balancer. */
export function gatewayObjects(metadata: Metadata, namespace: string): object[] {
  const labels = { [ingressLabel]: namespace };
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata(ingressName),
      spec: { type: 'LoadBalancer', selector: labels, ports: [{ name: 'http', port: ingressPort }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadata(ingressName),
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        strategy: oneMoreFirst,
        template: gatewayPod(labels),
      },
    },
  ];
}

/** A pod that injection makes a gateway: Istio puts its own image in the place of `auto`. */
export function gatewayPod(labels: Readonly<Record<string, string>>) {
  return {
    metadata: {
      labels: { ...labels, 'sidecar.istio.io/inject': 'true' },
      annotations: { 'inject.istio.io/templates': 'gateway' },
    },
    spec: {
      affinity: apartFrom(labels),
      containers: [
        {
          name: 'istio-proxy',
          image: 'auto',
          imagePullPolicy: 'IfNotPresent',
          resources: { requests: { cpu: cpuRequest } },
        },
      ],
    },
  };
}

/** What the gateways of all clusters are told, in every primary: a host for the servers of each cluster. */
export function gatewayConfiguration(metadata: Metadata, namespace: string, callees: readonly Callee[]): object[] {
  const apiVersion = 'networking.istio.io/v1';
  return [
    {
      apiVersion,
      kind: 'Gateway',
      metadata: metadata(ingressName),
      spec: {
        selector: { [ingressLabel]: namespace },
        servers: [{ port: { number: ingressPort, name: 'http', protocol: 'HTTP' }, hosts: ['./*'] }],
      },
    },
    ...callees.map(({ name, host, port }) => ({
      apiVersion,
      kind: 'VirtualService',
      metadata: metadata(`${ingressName}-${name}`),
      spec: {
        hosts: [host],
        // callers in the mesh have the lanes of their own
        gateways: [ingressName],
        exportTo: ['.'],
        http: [{ route: [{ destination: { host, port: { number: port } } }] }],
      },
    })),
  ];
}
