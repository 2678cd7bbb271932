import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { knownSecrets } from '../src/kernel/secrets/known-secrets.js';
import { createIntermediate, createRoot } from '../src/mesh/certificates.js';
import { withLabels } from '../src/kube/yaml-documents.js';
import { istioOperator } from '../src/installer/istioctl/istio-operator.js';
import { needsEastWestGateway, watchedBy } from '../src/topology/mesh-layout.js';
import { sampleWorkloads } from '../src/mesh/sample-workloads.js';
import { readEnvironment } from '../src/supply/read-environment.js';
import { mergeValues } from '../src/kernel/merge-values.js';
import { readTopology } from '../src/topology/parse-topology.js';
import { remoteSecretIn } from '../src/mesh/connect-remote.js';
import { makePlan } from '../src/plan/make-plan.js';
import type { Plan } from '../src/topology/plan-types.js';

const planOf = (name: string): Plan =>
  makePlan(readTopology(`topologies/${name}.yaml`), readEnvironment('lab'), { runId: 'abcdefghij' });

interface Operator {
  spec: {
    profile: string;
    values: {
      global: Record<string, unknown>;
      istiodRemote?: { injectionPath: string };
      telemetry: { enabled: boolean };
    };
    components: {
      ingressGateways: { name: string; enabled: boolean; k8s?: { serviceAnnotations?: Record<string, string> } }[];
    };
  };
}
const operator = (...args: Parameters<typeof istioOperator>): Operator['spec'] =>
  (istioOperator(...args) as Operator).spec;

// RSA keys take long to make
const files = await createIntermediate(await createRoot(), 'cluster1');

test('an intermediate chains to its root, and to no other', async () => {
  const other = await createRoot('Other CA');
  const intermediate = new X509Certificate(files['ca-cert.pem']);
  const rootCertificate = new X509Certificate(files['root-cert.pem']);
  expect(intermediate.verify(rootCertificate.publicKey)).toBe(true);
  expect(intermediate.verify(new X509Certificate(other.certificate.toString('pem')).publicKey)).toBe(false);
  expect(intermediate.ca).toBe(true);
  expect(intermediate.subject).toContain('L=cluster1');
  expect(files['cert-chain.pem']).toBe(files['ca-cert.pem'] + files['root-cert.pem']);
});

test('the lines of a CA key are remembered, so that an archive can be searched for them', () => {
  const line = files['ca-key.pem'].split('\n')[3]!;
  expect(knownSecrets().map(({ word }) => word)).toContain(line);
});

test('a primary with remotes is external to them, and has a gateway at the planned address', () => {
  const plan = planOf('flat-primary-remote');
  const spec = operator(plan, plan.controlPlanes[0]!, 'base');
  expect(spec.profile).toBe('default');
  expect(spec.values.global).toMatchObject({
    externalIstiod: true,
    network: 'network1',
    multiCluster: { clusterName: 'cluster1' },
  });
  const gateway = spec.components.ingressGateways.find(({ enabled }) => enabled);
  expect(gateway?.k8s?.serviceAnnotations).toEqual({
    'metallb.io/loadBalancerIPs': plan.clusters[0]!.loadBalancerRange.first,
  });
});

test('a remote points at its primary, and its gateway is a second file', () => {
  const plan = planOf('multi-network-primary-remote');
  const remote = plan.controlPlanes[1]!;
  const base = operator(plan, remote, 'base', '192.0.2.1');
  expect(base.profile).toBe('remote');
  expect(base.values.global['remotePilotAddress']).toBe('192.0.2.1');
  expect(base.values.istiodRemote?.injectionPath).toBe('/inject/cluster/cluster2/net/network2');
  expect(base.components.ingressGateways.filter(({ enabled }) => enabled)).toEqual([]);
  const gateway = operator(plan, remote, 'gateway');
  expect(gateway.profile).toBe('empty');
  expect(gateway.components.ingressGateways.filter(({ enabled }) => enabled)).toHaveLength(1);
});

test("the environment's values reach every installation, below the topology's own", () => {
  const plan = planOf('multi-network-multi-primary');
  expect(operator(plan, plan.controlPlanes[0]!, 'base').values.telemetry.enabled).toBe(false);
  const topology = readTopology('topologies/multi-network-multi-primary.yaml');
  const istio = { ...topology.istio, values: { telemetry: { enabled: true } } };
  const own = makePlan({ ...topology, istio }, readEnvironment('lab'), { runId: 'abcdefghij' });
  expect(operator(own, own.controlPlanes[0]!, 'base').values.telemetry.enabled).toBe(true);
});

test('values are laid over each other key by key; lists are replaced', () => {
  expect(mergeValues({ a: { b: 1, c: [1, 2] }, d: 1 }, { a: { c: [3] }, e: 2 })).toEqual({
    a: { b: 1, c: [3] },
    d: 1,
    e: 2,
  });
});

test('gateways and remote secrets follow from the features alone', () => {
  const gateways = (name: string): boolean[] => planOf(name).clusters.map((c) => needsEastWestGateway(planOf(name), c));
  expect(gateways('flat-multi-primary')).toEqual([false, false]);
  expect(gateways('flat-primary-remote')).toEqual([true, false]);
  expect(gateways('multi-network-multi-primary')).toEqual([true, true]);
  const mixed = planOf('mixed');
  expect(mixed.clusters.map((c) => watchedBy(mixed, c).map(({ name }) => name))).toEqual([
    ['cluster2', 'cluster3'],
    [],
    ['cluster1', 'cluster2'],
  ]);
});

test('every cluster has the Service, whatever it runs', () => {
  const plan = planOf('multi-network-multi-primary');
  const kinds = sampleWorkloads(plan, { ...plan.clusters[0]!, helloworld: [] }).map(
    (o) => (o as { kind: string }).kind,
  );
  expect(kinds).toEqual(['Service', 'Deployment']);
});

test.each([
  ['no labels', 'kind: A\nmetadata:\n  name: a\nspec: {}\n'],
  ['labels', 'kind: A\nmetadata:\n  labels:\n    own: "yes"\n  name: a\nspec: {}\n'],
  ['labels that are empty', 'kind: A\nmetadata:\n  name: a\n  labels:\nspec: {}\n'],
  ['labels on one line', 'kind: A\nmetadata:\n  name: a\n  labels: { own: "yes" }\nspec: {}\n'],
  ['metadata on one line', 'kind: A\nmetadata: { name: a }\nspec: {}\n'],
  [
    'labels of its pods',
    'kind: A\nmetadata:\n  name: a\nspec:\n  template:\n    metadata:\n      labels:\n        own: x\n',
  ],
  ['four spaces', 'kind: A\nmetadata:\n    name: a\n    labels:\n        own: "yes"\nspec: {}\n'],
  ['a comment first', '# of a chart\nkind: A\nmetadata:\n  name: a\n  annotations:\n    labels: none\n'],
])('an object with %s gets the label of the run, and nothing else of it changes', (_, yaml) => {
  interface Labelled {
    metadata: { labels?: Record<string, string> };
  }
  const [before] = parseAllDocuments(yaml).map((document) => document.toJS() as Labelled);
  const both = parseAllDocuments(withLabels(`---\n${yaml}---\n# nothing\n---\n${yaml}`, { 'a/run': 'x1' }));
  const labels = { ...before!.metadata.labels, 'a/run': 'x1' };
  const wanted = { ...before, metadata: { ...before!.metadata, labels } };
  expect(both.map((document) => document.toJS() as object)).toEqual([wanted, wanted]);
});

test("istioctl's remote secret is found before the empty document at its end", () => {
  const text = '# This file is autogenerated, do not edit.\napiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n---\n';
  expect(remoteSecretIn(text)).toEqual({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } });
});
