import type {
  V1Container,
  V1Deployment,
  V1EndpointSlice,
  V1Namespace,
  V1Node,
  V1ObjectMeta,
  V1Pod,
  V1Service,
} from '@kubernetes/client-node';
import type { Source } from './check.js';
import { saysReady } from '../kube/ready-condition.js';

/** An object of Istio's configuration. */
export interface Configured<Spec = Record<string, unknown>> {
  apiVersion?: string;
  kind?: string;
  metadata: V1ObjectMeta;
  spec?: Spec;
}

export interface GatewayServer {
  port?: { number?: number };
  tls?: { mode?: string };
}

export interface TrafficPolicy {
  tls?: { mode?: string };
  outlierDetection?: object;
  loadBalancer?: {
    localityLbSetting?: { enabled?: boolean; failover?: { from?: string; to?: string }[]; distribute?: object[] };
  };
}

interface WebhookConfiguration {
  metadata: V1ObjectMeta;
  webhooks?: Webhook[];
}

export interface Webhook {
  name: string;
  failurePolicy?: string;
  clientConfig: { url?: string; service?: { namespace: string; name: string; port?: number } };
  namespaceSelector?: Selector;
  objectSelector?: Selector;
}

export interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

interface Selecting {
  selector?: { matchLabels?: Record<string, string> };
}

/** What can be listed, by the API's own plural names. */
export interface Objects {
  pods: V1Pod;
  services: V1Service;
  endpointslices: V1EndpointSlice;
  deployments: V1Deployment;
  namespaces: V1Namespace;
  nodes: V1Node;
  mutatingwebhookconfigurations: WebhookConfiguration;
  validatingwebhookconfigurations: WebhookConfiguration;
  ipaddresspools: Configured<{ addresses?: string[] }>;
  gateways: Configured<{ selector?: Record<string, string>; servers?: GatewayServer[] }>;
  virtualservices: Configured<{
    hosts?: string[];
    gateways?: string[];
    http?: HttpRoute[];
    tls?: { match?: { port?: number }[]; route?: Destination[] }[];
  }>;
  destinationrules: Configured<{
    host?: string;
    trafficPolicy?: TrafficPolicy;
    subsets?: { name?: string; labels?: Record<string, string> }[];
  }>;
  serviceentries: Configured<{ hosts?: string[] }>;
  sidecars: Configured<{
    workloadSelector?: { labels?: Record<string, string> };
    outboundTrafficPolicy?: { mode?: string };
    egress?: { hosts?: string[] }[];
  }>;
  envoyfilters: Configured;
  peerauthentications: Configured<
    Selecting & { mtls?: { mode?: string }; portLevelMtls?: Record<string, { mode?: string }> }
  >;
  authorizationpolicies: Configured<Selecting & { action?: string; rules?: object[] }>;
  requestauthentications: Configured<Selecting>;
}

/** Where a route of a VirtualService leads, and the share of calls in per cent. */
export interface Destination {
  destination?: { host?: string; subset?: string };
  weight?: number;
}

export interface HttpRoute {
  match?: { headers?: object; uri?: object }[];
  route?: Destination[];
  fault?: { abort?: { httpStatus?: number; percentage?: { value?: number } } };
  /** `0.001s` */
  timeout?: string;
  retries?: { perTryTimeout?: string };
}

/** The HTTP routes of a VirtualService for calls of everybody: one for calls with a header of their own is a test of somebody's. */
export function openRoutes({ spec }: Objects['virtualservices']): HttpRoute[] {
  return (spec?.http ?? []).filter(({ match = [] }) => !match.some(({ headers }) => headers));
}

export type Kind = keyof Objects;

const istio = (group: string, plural: string) => ({
  api: `/apis/${group}.istio.io/v1`,
  plural,
  namespaced: true,
  source: 'configuration' as Source,
});
const core = (plural: string, source: Source, namespaced = true) => ({ api: '/api/v1', plural, namespaced, source });

/** Where the API server keeps each kind, and as which source it counts. */
export const kinds: Record<Kind, { api: string; plural: string; namespaced: boolean; source: Source }> = {
  pods: core('pods', 'pods'),
  services: core('services', 'services'),
  endpointslices: {
    api: '/apis/discovery.k8s.io/v1',
    plural: 'endpointslices',
    namespaced: true,
    source: 'endpointslices',
  },
  deployments: { api: '/apis/apps/v1', plural: 'deployments', namespaced: true, source: 'deployments' },
  namespaces: core('namespaces', 'namespaces', false),
  nodes: core('nodes', 'nodes', false),
  mutatingwebhookconfigurations: {
    api: '/apis/admissionregistration.k8s.io/v1',
    plural: 'mutatingwebhookconfigurations',
    namespaced: false,
    source: 'webhooks',
  },
  validatingwebhookconfigurations: {
    api: '/apis/admissionregistration.k8s.io/v1',
    plural: 'validatingwebhookconfigurations',
    namespaced: false,
    source: 'webhooks',
  },
  ipaddresspools: {
    api: '/apis/metallb.io/v1beta1',
    plural: 'ipaddresspools',
    namespaced: true,
    source: 'address pools',
  },
  gateways: istio('networking', 'gateways'),
  virtualservices: istio('networking', 'virtualservices'),
  destinationrules: istio('networking', 'destinationrules'),
  serviceentries: istio('networking', 'serviceentries'),
  sidecars: istio('networking', 'sidecars'),
  envoyfilters: { ...istio('networking', 'envoyfilters'), api: '/apis/networking.istio.io/v1alpha3' },
  peerauthentications: istio('security', 'peerauthentications'),
  authorizationpolicies: istio('security', 'authorizationpolicies'),
  requestauthentications: istio('security', 'requestauthentications'),
};

/** Whether labels are those that a selector of `key: value` asks for; an empty one asks for nothing. */
export function selects(
  selector: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>> = {},
): boolean {
  return Object.entries(selector ?? {}).every(([key, value]) => labels[key] === value);
}

/** Whether a selector of Kubernetes picks an object with these labels. */
export function picks(
  { matchLabels, matchExpressions = [] }: Selector = {},
  labels: Readonly<Record<string, string>> = {},
): boolean {
  const meets = ({ key, operator, values = [] }: NonNullable<Selector['matchExpressions']>[number]): boolean => {
    const value = labels[key];
    if (operator === 'In') return value !== undefined && values.includes(value);
    if (operator === 'NotIn') return value === undefined || !values.includes(value);
    return operator === 'Exists' ? value !== undefined : value === undefined;
  };
  return selects(matchLabels, labels) && matchExpressions.every(meets);
}

/** `app=helloworld,version=v1`, or `nothing`. */
export function labelsText(labels: Readonly<Record<string, string>> | undefined): string {
  const words = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return words.sort().join(',') || 'nothing';
}

/** Whether a pod is up: it takes calls. */
export function isReady(pod: V1Pod): boolean {
  return pod.metadata?.deletionTimestamp === undefined && saysReady(pod);
}

/** Whether a pod will run, or does: it is not being deleted and has not ended. */
export function isAlive({ status, metadata }: V1Pod): boolean {
  return !metadata?.deletionTimestamp && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}

/** The container of Istio's proxy in a pod; a native sidecar is an init container. */
export function proxyOf({ spec }: V1Pod): V1Container | undefined {
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].find(({ name }) => name === 'istio-proxy');
}
