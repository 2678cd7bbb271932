import type { FindingId } from '../../src/record/finding-ids.gen.js';
import type { Change } from './mesh-changes.js';
import type { Loose } from './mesh-view.js';

const at = (name: string, namespace = 'sample') => ({ name, namespace });
const gateway = (cluster: Loose): Loose => cluster['services istio-system'][1];
const crossNetwork = (cluster: Loose): Loose => cluster['gateways istio-system'][0];
const service = (cluster: Loose): Loose => cluster['services sample'][0];
const route = (destination: object, more: object = {}): Loose => [
  { metadata: at('helloworld'), spec: { hosts: ['helloworld'], http: [{ route: [{ destination }], ...more }] } },
];
const subsets = (version: string): Loose => [
  { metadata: at('helloworld'), spec: { host: 'helloworld', subsets: [{ name: 'next', labels: { version } }] } },
];
const told =
  (name: string, value: string): Change =>
  (_, two) =>
    two['pods sample'][1].spec.containers[1].env.push({ name, value });
const policy = (spec: object, name = 'some') => ({ metadata: at(name), spec });
const abort = (value: number) => ({ fault: { abort: { httpStatus: 503, percentage: { value } } } });
const second = (labels: object): Loose => ({
  metadata: { name: 'canary', namespace: 'istio-system', labels: { 'topology.istio.io/network': 'network2' } },
  spec: { selector: labels },
});

/** What checks of the path's configuration must name, alone. */
export const brokenConfiguration: [FindingId, Change][] = [
  [
    'F-REMOTE-SECRET-UNLABELLED',
    (one) => {
      one['remote secrets'] = [];
      one['unlabelled secrets'] = [{ secret: 'istio-system/istio-remote-secret-cluster2', clusters: ['cluster2'] }];
    },
  ],
  ['F-READER-FORBIDDEN', (_, two) => (two['istio-reader-service-account list pods'] = false)],
  ['F-GATEWAY-REVISION', (_, two) => (crossNetwork(two).metadata.labels = { 'istio.io/rev': '1-29-4' })],
  ['F-GATEWAY-PORT-MISSING', (_, two) => (gateway(two).spec.ports = [{ port: 15021 }])],
  ['F-GATEWAY-SILENT', (_, two) => two['services istio-system'].push(second({ istio: 'canary' }))],
  ['F-SERVICE-NOT-EXPORTED', (_, two) => (service(two).metadata.annotations = { 'networking.istio.io/exportTo': '.' })],
  [
    'F-SIDECAR-HIDES',
    (one) =>
      (one['sidecars sample'] = [{ metadata: at('default'), spec: { egress: [{ hosts: ['istio-system/*'] }] } }]),
  ],
  ['F-TRAFFIC-DISTRIBUTION', (one) => (service(one).spec.trafficDistribution = 'PreferClose')],
  ['F-AUTHZ-ALLOWS-NOBODY', (one) => (one['authorizationpolicies sample'] = [policy({})])],
  ['F-PEER-DISABLED', (_, two) => (two['peerauthentications sample'] = [policy({ mtls: { mode: 'DISABLE' } })])],
  ['F-SUBSET-UNDEFINED', (one) => (one['virtualservices sample'] = route({ host: 'helloworld', subset: 'v9' }))],
  [
    'F-SUBSET-EMPTY',
    (one) => {
      one['virtualservices sample'] = route({ host: 'helloworld', subset: 'next' });
      one['destinationrules sample'] = subsets('v9');
    },
  ],
  ['F-ROUTE-NOWHERE', (one) => (one['virtualservices sample'] = route({ host: 'helloworld-next' }))],
  ['F-FAULT-INJECTED', (one) => (one['virtualservices sample'] = route({ host: 'helloworld' }, abort(100)))],
  [
    'F-TIMEOUT-TOO-SHORT',
    (one) => (one['virtualservices sample'] = route({ host: 'helloworld' }, { timeout: '0.001s' })),
  ],
  [
    'F-TIMEOUT-TOO-SHORT',
    (one) =>
      (one['virtualservices sample'] = route(
        { host: 'helloworld' },
        { timeout: '1s', retries: { perTryTimeout: '5ms' } },
      )),
  ],
  ['F-DISCOVERY-EXCLUDES', (one) => (one['mesh config'].discoverySelectors = [{ matchLabels: { mesh: 'yes' } }])],
  [
    'F-OUTBOUND-EXCLUDED',
    (one) =>
      (one['pods sample'][0].metadata.annotations = { 'traffic.sidecar.istio.io/excludeOutboundPorts': '80,5000' }),
  ],
  ['F-PROXY-NETWORK-DIFFERENT', told('ISTIO_META_NETWORK', 'network1')],
  ['F-PROXY-CLUSTER-DIFFERENT', told('ISTIO_META_CLUSTER_ID', 'Kubernetes')],
  [
    'F-TLS-NOT-ISTIO',
    (one) =>
      (one['destinationrules sample'] = [
        { metadata: at('own'), spec: { host: 'helloworld', trafficPolicy: { tls: { mode: 'SIMPLE' } } } },
      ]),
  ],
  ['F-SERVICE-TYPE', (_, two) => (service(two).spec.clusterIP = 'None')],
  [
    'F-SERVICE-TYPE',
    (_, two) => (service(two).spec = { type: 'ExternalName', externalName: 'elsewhere.test', ports: [] }),
  ],
];

/** What looks like one of these, and is none. */
export const soundConfiguration: [string, Change][] = [
  [
    'a Secret without the label beside one that has it',
    (one) => (one['unlabelled secrets'] = [{ secret: 'istio-system/istio-remote-secret-old', clusters: ['cluster2'] }]),
  ],
  [
    'a Gateway of the revision that is there',
    (_, two) => (crossNetwork(two).metadata.labels = { 'istio.io/rev': 'default' }),
  ],
  [
    'a gateway with another port that its label names',
    (_, two) => {
      gateway(two).metadata.labels['networking.istio.io/gatewayPort'] = '443';
      gateway(two).spec.ports = [{ port: 443, targetPort: 15443 }];
    },
  ],
  [
    'a second Service of the same gateway',
    (_, two) => two['services istio-system'].push(second({ istio: 'eastwestgateway' })),
  ],
  [
    'a service that is exported to its callers and the gateway',
    (_, two) => (service(two).metadata.annotations = { 'networking.istio.io/exportTo': '.,istio-system' }),
  ],
  [
    'a Sidecar that imports its own namespace',
    (one) =>
      (one['sidecars sample'] = [
        { metadata: at('default'), spec: { egress: [{ hosts: ['./*', 'istio-system/*'] }] } },
      ]),
  ],
  [
    'traffic distribution of the remote copy alone',
    (_, two) =>
      (two.namespaces[0].metadata.annotations = { 'networking.istio.io/traffic-distribution': 'PreferClose' }),
  ],
  [
    'a policy without rules beside one that allows somebody',
    (one) =>
      (one['authorizationpolicies sample'] = [
        policy({}, 'nobody'),
        policy({ rules: [{ from: [{ source: { namespaces: ['sample'] } }] }] }),
      ]),
  ],
  [
    'a PeerAuthentication that takes both',
    (_, two) => (two['peerauthentications sample'] = [policy({ mtls: { mode: 'PERMISSIVE' } })]),
  ],
  [
    'a subset whose pods are in the other cluster alone',
    (one) => {
      one['virtualservices sample'] = route({ host: 'helloworld', subset: 'next' });
      one['destinationrules sample'] = subsets('v2');
    },
  ],
  [
    'a route to what a ServiceEntry registers',
    (one) => {
      one['virtualservices sample'] = route({ host: 'helloworld-next' });
      one['serviceentries sample'] = [
        { metadata: at('next'), spec: { hosts: ['helloworld-next.sample.svc.cluster.local'] } },
      ];
    },
  ],
  [
    'a time limit that another region can keep, or none',
    (one) =>
      (one['virtualservices sample'] = route(
        { host: 'helloworld' },
        { timeout: '0s', retries: { perTryTimeout: '10ms' } },
      )),
  ],
  [
    'a fault for calls with a header',
    (one) =>
      (one['virtualservices sample'] = route(
        { host: 'helloworld' },
        { ...abort(100), match: [{ headers: { test: { exact: 'yes' } } }] },
      )),
  ],
  [
    'discovery by a label that the namespaces have',
    (one) => (one['mesh config'].discoverySelectors = [{ matchLabels: { 'istio-injection': 'enabled' } }]),
  ],
  [
    'outbound ports of others that are left out',
    (one) => (one['pods sample'][0].metadata.annotations = { 'traffic.sidecar.istio.io/excludeOutboundPorts': '3306' }),
  ],
  ['a Service with a port on nodes', (_, two) => (service(two).spec.type = 'NodePort')],
  [
    'a trust domain that is another name of the mesh’s',
    (one, two) => {
      two['mesh config'].trustDomain = 'west.test';
      one['mesh config'].trustDomainAliases = ['west.test'];
    },
  ],
];

const labelled = (object: Loose, labels: object): Loose => (object.metadata.labels = labels);
const peers = (mode: string) => [policy({ mtls: { mode } })];

/** What each check must name, alone, where `two` is a remote: its configuration is that of `one`. */
export const brokenPrimary: [FindingId, Change][] = [
  ['F-SERVICES-NOT-EXPOSED', (one) => one['gateways istio-system'].shift()],
  ['F-GATEWAY-SELECTOR', (one) => (crossNetwork(one).spec.selector = { istio: 'eastwest' })],
  ['F-NO-AUTO-PASSTHROUGH', (one) => (crossNetwork(one).spec.servers[0].tls.mode = 'PASSTHROUGH')],
  ['F-GATEWAY-REVISION', (one) => labelled(crossNetwork(one), { 'istio.io/rev': '1-29-4' })],
  ['F-ISTIOD-UNREACHABLE', (one) => labelled(one['gateways istio-system'][1], { 'istio.io/rev': '1-29-4' })],
  ['F-ISTIOD-UNREACHABLE', (one) => (one['virtualservices istio-system'] = [])],
  ['F-GATEWAY-PORT-MISSING', (_, two) => (gateway(two).spec.ports = [{ port: 15021 }])],
  ['F-GATEWAY-SILENT', (_, two) => two['services istio-system'].push(second({ app: 'istiod' }))],
  ['F-SERVICE-NOT-EXPORTED', (one) => (service(one).metadata.annotations = { 'networking.istio.io/exportTo': '.' })],
  ['F-SERVICE-NOT-EXPORTED', (one) => (one['mesh config'].defaultServiceExportTo = ['.'])],
  ['F-DISCOVERY-EXCLUDES', (one) => (one['mesh config'].discoverySelectors = [{ matchLabels: { mesh: 'yes' } }])],
  ['F-REGISTRY-ONLY-UNASKED', (one) => (one['mesh config'].outboundTrafficPolicy = { mode: 'REGISTRY_ONLY' })],
  ['F-TRUST-DOMAIN-DIFFERENT', (one) => (one['mesh config'].trustDomain = 'elsewhere.test')],
  ['F-PEER-DISABLED', (one) => (one['peerauthentications sample'] = peers('DISABLE'))],
  ['F-STRICT-UNASKED', (one) => (one['peerauthentications sample'] = peers('STRICT'))],
  ['F-ROUTE-NOWHERE', (one) => (one['virtualservices sample'] = route({ host: 'helloworld-next' }))],
  ['F-ISTIOD-DOWN', (one) => one['pods istio-system'].shift()],
  ['F-SECRETS-FORBIDDEN', (one) => (one['list secrets'] = false)],
  ['F-READER-FORBIDDEN', (_, two) => (two['istio-reader-service-account list pods'] = false)],
  ['F-PROXY-TRUSTS-OLD-ROOT', (_, two) => (two['certificate sample/deploy/sleep'].roots = ['old'])],
  ['F-PROXY-NETWORK-DIFFERENT', told('ISTIO_META_NETWORK', 'network1')],
  ['F-PROXY-CLUSTER-DIFFERENT', told('ISTIO_META_CLUSTER_ID', 'Kubernetes')],
];

/** What is in a remote and counts for nobody. */
export const soundRemote: [string, Change][] = [
  ['a route to nowhere', (_, two) => (two['virtualservices sample'] = route({ host: 'helloworld-next' }))],
  ['a policy that disables mutual TLS', (_, two) => (two['peerauthentications sample'] = peers('DISABLE'))],
  ['a Service that asks for near pods', (_, two) => (service(two).spec.trafficDistribution = 'PreferClose')],
  [
    'a Service that is exported to its own namespace',
    (_, two) => (service(two).metadata.annotations = { 'networking.istio.io/exportTo': '.' }),
  ],
  [
    'a Gateway of another revision',
    (one, two) => {
      two['gateways istio-system'] = [structuredClone(crossNetwork(one))];
      labelled(crossNetwork(two), { 'istio.io/rev': '1-29-4' });
    },
  ],
];
