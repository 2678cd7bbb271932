import type { FindingId } from '../../src/record/finding-ids.gen.js';
import type { FakeMesh, Loose } from './mesh-view.js';
import { brokenConfiguration, soundConfiguration } from './configuration-changes.js';

/** Breaks a sound mesh of two clusters. */
export type Change = (one: Loose, two: Loose, mesh: FakeMesh) => unknown;

const named = (list: Loose[], name: string): Loose => list.find(({ metadata }) => metadata.name === name);
const gateway = (cluster: Loose): Loose => named(cluster['services istio-system'], 'istio-eastwestgateway');
const flawed =
  (flaw: object): Change =>
  (one) =>
    (one['remote secrets'][0].flaw = flaw);
const own = 'own-1';
export const at = (name: string, namespace = own) => ({ name, namespace });

/** An object of Istio's in a behaviour's own namespace, in both clusters, beside what was declared. */
export function inOwn(kind: string, Kind: string, found: Loose, declared?: Loose): Change {
  return (one, two, mesh) => {
    mesh.own = [own];
    for (const cluster of [one, two]) {
      cluster[`pods ${own}`] = [{ ...structuredClone(one['pods sample'][0]) }];
      cluster[`pods ${own}`][0].metadata = { name: 'echo-1', namespace: own, labels: { app: 'echo' } };
      if (found) cluster[`${kind} ${found.metadata.namespace}`] = [found];
    }
    const object = declared && { apiVersion: 'v1', kind: Kind, ...declared };
    mesh.declared = {
      objects: object ? Object.keys(mesh.clusters).map((cluster) => ({ cluster, object })) : [],
      intended: new Set(),
    };
  };
}

const rule = (trafficPolicy: object) => ({ metadata: at('rule'), spec: { host: 'echo', trafficPolicy } });
const failover = { loadBalancer: { localityLbSetting: { failover: [{ from: 'region1', to: 'region2' }] } } };
const toNowhere = { loadBalancer: { localityLbSetting: { failover: [{ from: 'region1', to: 'nowhere' }] } } };

/** What each check must name, alone. */
export const broken: [FindingId, Change][] = [
  ['F-REMOTE-SECRET-MISSING', (one) => (one['remote secrets'] = [])],
  ['F-REMOTE-SECRET-UNAUTHORIZED', flawed({ kind: 'unauthorized' })],
  ['F-REMOTE-SECRET-LOOPBACK', flawed({ kind: 'loopback', host: '127.0.0.1:6443' })],
  ['F-REMOTE-SECRET-WRONG-CLUSTER', flawed({ kind: 'wrong cluster', leadsTo: 'cluster1' })],
  ['F-REMOTE-SECRET-MALFORMED', flawed({ kind: 'malformed' })],
  ['F-REMOTE-CLUSTER-NOT-SYNCED', (one) => (one.clusterz[1].status = 'timeout')],
  ['F-REMOTE-SECRET-IGNORED', (one) => (one.clusterz = [{ id: 'cluster1', status: 'synced' }])],
  ['F-REMOTE-SECRET-WRONG-CA', flawed({ kind: 'wrong authority' })],
  ...brokenConfiguration,
  ['F-ISTIOD-DOWN', (_, two) => two['pods istio-system'].shift()],
  ['F-ISTIOD-NOT-READY', (_, two) => (two['pods istio-system'][0].status.conditions = [])],
  ['F-SECRETS-FORBIDDEN', (_, two) => (two['list secrets'] = false)],
  ['F-INTERMEDIATE-EXPIRED', (_, two) => (two.authority.signer.until = 0)],
  ['F-ROOT-EXPIRED', (_, two) => (two.authority.root = { ...two.authority.root, until: 0 })],
  [
    'F-NO-COMMON-ROOT',
    (_, two) => {
      two.authority.root = { ...two.authority.root, fingerprint: 'CC' };
      two.authority.published = [two.authority.root];
      two['certificate sample/deploy/sleep'].roots = ['CC'];
    },
  ],
  ['F-PROXY-TRUSTS-OLD-ROOT', (_, two) => (two['certificate sample/deploy/sleep'].roots = ['old'])],
  ['F-TRUST-DOMAIN-DIFFERENT', (_, two) => (two['mesh config'].trustDomain = 'elsewhere.test')],
  ['F-MESH-ID-DIFFERENT', (_, two) => (two['pods sample'][0].spec.containers[1].env[0].value = 'other')],
  ['F-NETWORK-LABEL-MISSING', (_, two) => (two.namespaces[0].metadata.labels = {})],
  ['F-GATEWAY-NETWORK-WRONG', (_, two) => (gateway(two).metadata.labels = { 'topology.istio.io/network': 'network1' })],
  ['F-GATEWAY-NO-ADDRESS', (_, two) => (gateway(two).status = {})],
  ['F-GATEWAY-NOT-READY', (_, two) => (two['endpointslices istio-system'][1].endpoints[0].conditions.ready = false)],
  ['F-SERVICES-NOT-EXPOSED', (_, two) => (two['gateways istio-system'] = [])],
  ['F-NO-AUTO-PASSTHROUGH', (_, two) => (two['gateways istio-system'][0].spec.servers[0].tls.mode = 'PASSTHROUGH')],
  ['F-GATEWAY-SELECTOR', (_, two) => (two['gateways istio-system'][0].spec.selector = { istio: 'eastwest' })],
  ['F-GATEWAY-ADDRESS-SHARED', (_, two) => (gateway(two).status.loadBalancer.ingress[0].ip = '172.18.0.1')],
  ['F-GATEWAY-PORT-CLOSED', (one) => (one['172.18.0.2:15443'] = 'refused')],
  ['F-LINK-DROPS-PACKETS', (one) => (one['172.18.0.2:15443'] = 'no answer')],
  [
    'F-WEBHOOK-UNREACHABLE',
    (_, two) => (two.mutatingwebhookconfigurations[0].webhooks[0].clientConfig.service.name = 'istiod-old'),
  ],
  ['F-WEBHOOK-FAILS-OPEN', (one) => (one.mutatingwebhookconfigurations[0].webhooks[0].failurePolicy = 'Ignore')],
  ['F-VALIDATION-MISSING', (one) => (one.validatingwebhookconfigurations = [])],
  ['F-NOT-INJECTED', (_, two) => (two.namespaces[1].metadata.labels = { 'istio-injection': 'disabled' })],
  ['F-REVISION-GONE', (_, two) => (two.namespaces[1].metadata.labels = { 'istio.io/rev': '1-29-0' })],
  ['F-PARTLY-INJECTED', (_, two) => two['pods sample'][1].spec.containers.pop()],
  ['F-SERVICE-PORT-NAME', (_, two) => (two['services sample'][0].spec.ports[0].name = 'http-web')],
  ['F-SERVICE-PORT-NUMBER', (_, two) => two['services sample'][0].spec.ports.push({ port: 5001, name: 'more' })],
  ['F-SERVICE-SELECTOR', (_, two) => (two['services sample'][0].spec.selector = { app: 'hello' })],
  ['F-SERVICE-NAMESPACE', (_, two) => (two['services sample'] = [])],
  ['F-NO-PODS', (_, two) => Object.assign(two['deployments sample'][1], { spec: { replicas: 0 }, status: {} })],
  [
    'F-POD-TROUBLE',
    (_, two) =>
      (two['pods sample'][0].status = {
        containerStatuses: [{ name: 'app', image: 'x', state: { waiting: { reason: 'ImagePullBackOff' } } }],
      }),
  ],
  ['F-DNS-DOWN', (_, two) => (two['endpointslices kube-system'] = [])],
  ['F-REGISTRY-ONLY-UNASKED', (_, two) => (two['mesh config'].outboundTrafficPolicy = { mode: 'REGISTRY_ONLY' })],
  [
    'F-STRICT-UNASKED',
    (_, two) =>
      (two['peerauthentications istio-system'] = [
        { metadata: at('leftover', 'istio-system'), spec: { mtls: { mode: 'STRICT' } } },
      ]),
  ],
  [
    'F-TLS-DISABLED',
    (_, two) =>
      (two['destinationrules sample'] = [
        {
          metadata: at('plain', 'sample'),
          spec: { host: 'helloworld', trafficPolicy: { tls: { mode: 'DISABLE' } } },
        },
      ]),
  ],
  ['F-LOCALITY-DIFFERS', (_, two) => (two.nodes[0].metadata.labels['topology.kubernetes.io/region'] = 'elsewhere')],
  [
    'F-POLICY-SELECTOR',
    inOwn('peerauthentications', 'PeerAuthentication', {
      metadata: at('echo'),
      spec: { selector: { matchLabels: { app: 'eco' } } },
    }),
  ],
  [
    'F-PORT-LEVEL-MTLS',
    inOwn('peerauthentications', 'PeerAuthentication', {
      metadata: at('echo'),
      spec: { portLevelMtls: { 8082: { mode: 'DISABLE' } } },
    }),
  ],
  [
    'F-OLD-TLS',
    inOwn('envoyfilters', 'EnvoyFilter', {
      metadata: at('old'),
      spec: { configPatches: [{ patch: { value: { tls_params: { tls_minimum_protocol_version: 'TLSv1_0' } } } }] },
    }),
  ],
  [
    'F-AUTHZ-EMPTY-RULE',
    inOwn('authorizationpolicies', 'AuthorizationPolicy', { metadata: at('all'), spec: { rules: [{}] } }),
  ],
  ['F-NO-OUTLIER-DETECTION', inOwn('destinationrules', 'DestinationRule', rule(failover))],
  [
    'F-OUTLIER-DETECTION-UNASKED',
    inOwn('destinationrules', 'DestinationRule', rule({ outlierDetection: {} }), rule({})),
  ],
  ['F-FAILOVER-REGION', inOwn('destinationrules', 'DestinationRule', rule({ ...toNowhere, outlierDetection: {} }))],
  [
    'F-SERVICE-ENTRY-TOO-WIDE',
    inOwn('serviceentries', 'ServiceEntry', { metadata: at('all'), spec: { hosts: ['*.x'] } }),
  ],
  [
    'F-RULE-FOR-MESH',
    inOwn('virtualservices', 'VirtualService', { metadata: at('both'), spec: { gateways: ['ingress', 'mesh'] } }),
  ],
  [
    'F-CONFIGURATION-DIFFERS',
    inOwn(
      'virtualservices',
      'VirtualService',
      { metadata: at('split'), spec: { http: [{ route: [{ weight: 50 }, { weight: 50 }] }] } },
      { metadata: at('split'), spec: { http: [{ route: [{ weight: 80 }, { weight: 20 }] }] } },
    ),
  ],
  [
    'F-CONFIGURATION-MISSING',
    inOwn('virtualservices', 'VirtualService', undefined, { metadata: at('split'), spec: {} }),
  ],
];

/** What looks like a mistake, and is none. */
export const nearMisses: [string, Change][] = [
  ...soundConfiguration,
  ['a rule that is as declared', inOwn('destinationrules', 'DestinationRule', rule(failover), rule(failover))],
  [
    'a second root beside the common one, as while roots are rotated',
    (_, two) => two.authority.published.push({ ...two.authority.root, fingerprint: 'CC' }),
  ],
  [
    'a webhook that a default tag has replaced',
    (_, two) => {
      const webhook = structuredClone(two.mutatingwebhookconfigurations[0].webhooks[0]);
      webhook.clientConfig.service.name = 'istiod-old';
      webhook.namespaceSelector = { matchLabels: { 'istio.io/deactivated': 'never-match' } };
      two.mutatingwebhookconfigurations[0].webhooks.push(webhook);
    },
  ],
  [
    'a revision that a webhook serves',
    (_, two) => {
      two.namespaces[1].metadata.labels = { 'istio.io/rev': 'stable' };
      two.mutatingwebhookconfigurations[0].webhooks[0].namespaceSelector = {
        matchExpressions: [{ key: 'istio.io/rev', operator: 'In', values: ['stable'] }],
      };
    },
  ],
  [
    'ports in another order',
    (one, two) => {
      one['services sample'][0].spec.ports.unshift({ port: 1, name: 'a' });
      two['services sample'][0].spec.ports.push({ port: 1, name: 'a' });
    },
  ],
  [
    'a pod that has ended',
    (_, two) => {
      two['pods sample'].push({
        metadata: { name: 'job', namespace: 'sample', labels: { app: 'helloworld' } },
        spec: { containers: [] },
        status: { phase: 'Succeeded' },
      });
    },
  ],
  [
    'what a behaviour has done on purpose',
    (_, two, mesh) => {
      two['pods istio-system'].shift();
      mesh.declared = { objects: [], intended: new Set(['cluster2 deployment/istio-system/istiod']) };
    },
  ],
  [
    'a DestinationRule that disables TLS to what is not of the mesh',
    (_, two) => {
      two['destinationrules sample'] = [
        { metadata: at('out', 'sample'), spec: { host: 'external.test', trafficPolicy: { tls: { mode: 'DISABLE' } } } },
      ];
    },
  ],
];
