import type { Declared } from '../../src/check/declared.js';
import { diagnose } from '../../src/check/diagnosis.js';
import { checks } from '../../src/check/checks.gen.js';
import type { Memory } from '../../src/check/cluster-view.js';
import { lookOnce } from '../../src/check/look.js';
import { MeshView } from '../../src/check/mesh-view.js';
import { kinds, type Kind } from '../../src/check/object-kinds.js';
import { exposeIstiod } from '../../src/mesh/exposure.js';
import type { MeshState } from '../../src/mesh/mesh-state.js';
import { Undetermined } from '../../src/kernel/undetermined.js';
import type { Diagnosis } from '../../src/record/finding.js';
import { features } from '../../src/topology/features.js';
import { servedBy } from '../../src/topology/mesh-layout.js';
import { readTopology } from '../../src/topology/parse-topology.js';
import type { ControlPlane, Plan } from '../../src/topology/plan-types.js';

/** Anything that an API server may have. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Loose = any;

/** A mesh of objects in memory: per cluster its lists by `kind` or `kind namespace`, and its answers to other questions. */
export interface FakeMesh {
  topology: string;
  clusters: Record<string, Record<string, Loose>>;
  own: string[];
  declared: Declared;
}

const old = '2026-01-01T00:00:00Z';
const far = Date.parse('2099-01-01T00:00:00Z');
const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
const istio = { namespace: 'istio-system', revision: 'default' };
const root = { subject: 'CN=Root CA', fingerprint: 'AA', until: far };

function pod(namespace: string, name: string, labels: Record<string, string>, sidecar = true): Loose {
  const proxy = { name: 'istio-proxy', env: [{ name: 'ISTIO_META_MESH_ID', value: 'mesh1' }] };
  return {
    metadata: { name, namespace, labels, creationTimestamp: old },
    spec: { containers: [{ name: 'app', ports: [{ containerPort: 5000 }] }, ...(sidecar ? [proxy] : [])] },
    status: structuredClone(ready),
  };
}

const slice = (service: string): Loose => ({
  metadata: { labels: { 'kubernetes.io/service-name': service } },
  endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }],
});

/** Two clusters of a topology, and nothing wrong with them. */
export function soundMesh(topology = 'multi-network-multi-primary'): FakeMesh {
  const { clusters } = readTopology(topology);
  const names = clusters.map(({ name }) => name);
  const made = clusters.map((cluster, i) => {
    const { name, network, region, zone, helloworld } = cluster;
    const webhook = {
      name: 'namespace.sidecar-injector.istio.io',
      failurePolicy: 'Fail',
      clientConfig: { service: { namespace: 'istio-system', name: 'istiod' } },
      namespaceSelector: { matchLabels: { 'istio-injection': 'enabled' } },
    };
    const objects: Record<string, Loose> = {
      namespaces: [
        { metadata: { name: 'istio-system', labels: { 'topology.istio.io/network': network } } },
        { metadata: { name: 'sample', labels: { 'istio-injection': 'enabled' } } },
      ],
      nodes: [
        {
          metadata: {
            name: `${name}-node`,
            labels: { 'topology.kubernetes.io/region': region, 'topology.kubernetes.io/zone': zone },
          },
          spec: { podCIDR: `10.${i}.0.0/24` },
        },
      ],
      mutatingwebhookconfigurations: [
        { metadata: { name: 'istio-sidecar-injector', labels: { app: 'sidecar-injector' } }, webhooks: [webhook] },
      ],
      validatingwebhookconfigurations: [
        { metadata: { name: 'istio-validator-istio-system' }, webhooks: [{ name: 'rev.validation.istio.io' }] },
      ],
      'pods istio-system': [
        pod('istio-system', 'istiod-1', { app: 'istiod', 'istio.io/rev': 'default' }, false),
        pod('istio-system', 'gateway-1', { istio: 'eastwestgateway' }),
      ],
      'deployments istio-system': [{ metadata: { name: 'istiod' }, spec: { replicas: 1 } }],
      'services istio-system': [
        { metadata: { name: 'istiod', namespace: 'istio-system' }, spec: { ports: [{ port: 443 }] } },
        {
          metadata: {
            name: 'istio-eastwestgateway',
            namespace: 'istio-system',
            labels: { 'topology.istio.io/network': network },
          },
          spec: { type: 'LoadBalancer', ports: [{ port: 15443 }] },
          status: { loadBalancer: { ingress: [{ ip: `172.18.0.${i + 1}` }] } },
        },
      ],
      'endpointslices istio-system': [slice('istiod'), slice('istio-eastwestgateway')],
      'gateways istio-system': [
        {
          metadata: { name: 'cross-network-gateway', namespace: 'istio-system' },
          spec: {
            selector: { istio: 'eastwestgateway' },
            servers: [{ port: { number: 15443 }, tls: { mode: 'AUTO_PASSTHROUGH' } }],
          },
        },
      ],
      'services sample': [
        {
          metadata: { name: 'helloworld', namespace: 'sample' },
          spec: { ports: [{ port: 5000, name: 'http' }], selector: { app: 'helloworld' } },
        },
      ],
      'pods sample': [
        pod('sample', 'sleep-1', { app: 'sleep' }),
        ...helloworld.map((version) => pod('sample', `helloworld-${version}`, { app: 'helloworld', version })),
      ],
      'deployments sample': ['sleep', ...helloworld.map((version) => `helloworld-${version}`)].map((deployment) => ({
        metadata: { name: deployment },
        spec: { replicas: 1 },
        status: { readyReplicas: 1 },
      })),
      'services kube-system': [{ metadata: { name: 'kube-dns', labels: { 'k8s-app': 'kube-dns' } } }],
      'endpointslices kube-system': [slice('kube-dns')],
      'mesh config': { trustDomain: 'cluster.local' },
      'remote secrets': names
        .filter((other) => other !== name)
        .map((other) => ({ secret: `istio-system/istio-remote-secret-${other}`, cluster: other })),
      clusterz: names.map((id) => ({ id, secret: '', status: 'synced' })),
      trouble: undefined,
      [`routes ${name}-node`]: names.map((_, other) => `10.${other}.0.0/24 via 192.0.2.1${other}`).join('\n'),
      'unlabelled secrets': [],
      authority: {
        secret: 'cacerts',
        signer: { subject: `L=${name}`, fingerprint: `B${i}`, until: far },
        root,
        published: [root],
      },
      'certificate sample/deploy/sleep': { identity: 'spiffe://x', signer: `B${i}`, roots: ['AA'], lifetime: 1 },
      connect: 'connects',
      ...Object.fromEntries(['get', 'list', 'watch'].map((verb) => [`${verb} secrets`, true])),
      ...Object.fromEntries(
        ['services', 'pods', 'nodes', 'namespaces', 'endpointslices.discovery.k8s.io'].map((kind) => [
          `istio-reader-service-account list ${kind}`,
          true,
        ]),
      ),
    };
    if (cluster.role === 'remote') {
      objects['pods istio-system'].shift();
      for (const of of ['deployments', 'gateways']) objects[`${of} istio-system`] = [];
      for (const of of ['mesh config', 'remote secrets', 'clusterz']) delete objects[of];
    } else if (servedBy(clusters, name).length > 1) {
      const [gateway, route] = exposeIstiod({ runId: 'x' } as Plan, [istio as ControlPlane]);
      objects['gateways istio-system'].push(gateway);
      objects['virtualservices istio-system'] = [route];
    }
    return [name, objects] as const;
  });
  return {
    topology,
    clusters: Object.fromEntries(made),
    own: [],
    declared: { objects: [], intended: new Set() },
  };
}

/** A view of it. */
export function viewOf({ topology, clusters, own, declared }: FakeMesh): MeshView {
  const plan = readTopology(topology);
  const handles = plan.clusters.map((cluster, i) => ({
    ...cluster,
    kubeconfig: '/nowhere',
    apiServer: `https://192.0.2.${i}:6443`,
    nodes: [{ name: `${cluster.name}-node`, address: `192.0.2.1${i}` }],
    istio,
    dataPlane: 'default',
  }));
  const state = {
    plan: { ...plan, features: features(plan), topology: plan.name },
    clusters: handles,
  } as unknown as MeshState;
  return new MeshView(state, { own, declared }, undefined, undefined, memoryOf(clusters));
}

/** What all checks together make of it, looked at once. */
export async function diagnosisOf(mesh: FakeMesh): Promise<Diagnosis> {
  return diagnose(await lookOnce(checks, viewOf(mesh)), { intended: mesh.declared.intended });
}

/** What is not there is an empty list, as an API server has it. */
function memoryOf(clusters: FakeMesh['clusters']): Memory {
  const memory = new Map<string, Promise<unknown>>();
  memory.get = (key: string): Promise<unknown> => {
    const [, cluster = '', question = ''] = /^(\S+) (.*)$/.exec(key) ?? [];
    const objects = clusters[cluster] ?? {};
    const [, pod] = /^proxy (\S+) /.exec(question) ?? [];
    if (pod !== undefined)
      return objects[`proxy ${pod}`]
        ? Promise.resolve(objects[`proxy ${pod}`])
        : Promise.reject(new Undetermined(`nothing is known of the proxy of ${pod}`));
    const [, targets] = /^connect \S+ (.*?)(?: from \S+)?$/.exec(question) ?? [];
    if (targets !== undefined)
      return Promise.resolve(targets.split(' ').map((target) => objects[target] ?? 'connects'));
    if (question in objects) return Promise.resolve(objects[question]);
    for (const kind of Object.keys(kinds) as Kind[]) {
      const { api, plural } = kinds[kind];
      if (question === `${api}/${plural}`) return Promise.resolve(objects[kind] ?? []);
      const namespace = question.startsWith(`${api}/namespaces/`) && question.split('/').at(-2);
      if (namespace && question === `${api}/namespaces/${namespace}/${plural}`)
        return Promise.resolve(objects[`${kind} ${namespace}`] ?? []);
    }
    return Promise.reject(new Error(`nothing is known of ${key}`));
  };
  return memory;
}
