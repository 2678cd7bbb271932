import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Harness } from './harness/harness.js';
import type { FakeCluster } from './harness/kubernetes.js';
import type { Call } from './harness/stubs.js';

const topology = `
description: One cluster that is there already, whose Istio helm installs.
provider: existing
kubeconfig: config
istio: { installer: helm, namespace: mesh, values: { pilot: { env: { OWN: here } } } }
clusters:
  - { name: one, context: one }
`;

let harness: Harness;
let cluster: FakeCluster;
let charts: string;
beforeEach(async () => {
  harness = await Harness.start({ programs: ['docker', 'kubectl', 'kind', 'istioctl', 'helm'] });
  cluster = await harness.cluster('one');
  harness.file('config', JSON.stringify(cluster.kubeconfig()));
  const { istio } = await harness.plan(topology);
  charts = path.join(harness.folder('work'), 'charts', istio.version);
  for (const chart of ['base', 'istiod']) harness.file(`charts/${istio.version}/${chart}/Chart.yaml`, '');
  harness.file('own.yaml', `extends: public\nistioCharts: ${path.dirname(charts)}/{istio}\n`);
  harness.stubs.on('istioctl', () => `${istio.version}\n`);
  // a dry run of a pod comes back with a sidecar as soon as istiod runs
  harness.stubs.on('kubectl', ({ args }) =>
    args.includes('--dry-run=server') && cluster.get(`${deployments('mesh')}/istiod`)
      ? 'containers: [{ name: istio-proxy }]'
      : undefined,
  );
  cluster.answer = ({ method, path: asked }) => {
    const [, name] = /\/namespaces\/sample\/deployments\/([\w-]+)$/.exec(asked) ?? [];
    if (method === 'PATCH' && name) setTimeout(() => runs('sample', name));
    return undefined;
  };
});
afterEach(() => harness.close());

const deployments = (namespace: string): string => `/apis/apps/v1/namespaces/${namespace}/deployments`;

/** What controllers and kubelet would make of a Deployment: a ready pod with a sidecar. */
function runs(namespace: string, name: string): void {
  const status = { replicas: 1, readyReplicas: 1, availableReplicas: 1, updatedReplicas: 1 };
  const spec = { replicas: 1 };
  cluster.put(deployments(namespace), {
    metadata: { name },
    spec,
    ...cluster.get(`${deployments(namespace)}/${name}`),
    status,
  });
  cluster.put(`/api/v1/namespaces/${namespace}/pods`, {
    metadata: { name: `${name}-0` },
    spec: { containers: [{ name }, { name: 'istio-proxy' }] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  });
}

const up = () => harness.run('up', 't.yaml', '--environment', './own.yaml');
/** What follows an option. */
const after = ({ args }: Call, option: string): string => args[args.indexOf(option) + 1]!;

test('helm installs Istio’s types, then istiod, in the namespace that has its certificates; the workloads come last', async () => {
  const seen: string[] = [];
  harness.stubs.on('helm', (call) => {
    const release = after(call, '--install');
    const there = ['mesh/secrets/cacerts', 'sample'].filter((name) => cluster.get(`/api/v1/namespaces/${name}`));
    seen.push(`${release} beside ${there.join(', ')}`);
    if (release === 'istiod') runs('mesh', 'istiod');
    return '';
  });
  const { code, stdout, stderr } = await up();
  expect(`${code} ${stderr}`).toMatch(/^0 /);
  expect(seen).toEqual(['istio-base beside mesh/secrets/cacerts', 'istiod beside mesh/secrets/cacerts']);
  expect(cluster.get(`${deployments('sample')}/sleep`)).toBeDefined();

  const label = `meshproof.dev/run=${stdout.trim()}`;
  const calls = harness.stubs.calls.filter(({ program }) => program === 'helm');
  for (const call of calls) {
    expect(call.args).toEqual(expect.arrayContaining(['upgrade', '--install', '--take-ownership']));
    expect(['--namespace', '--labels'].map((option) => after(call, option))).toEqual(['mesh', label]);
    // everything that a chart makes passes through what labels it
    expect(call.args.slice(call.args.indexOf('--post-renderer'))).toContain(label);
  }
  expect(calls.map((call) => call.args.find((word) => word.startsWith(charts)))).toEqual(
    ['base', 'istiod'].map((chart) => path.join(charts, chart)),
  );
  const values = readFileSync(after(calls[1]!, '--values'), 'utf8');
  expect(values).toMatch(/^# values of release istiod, chart istiod\n/);
  for (const text of ['OWN: here', 'istioNamespace: mesh', 'clusterName: one']) expect(values).toContain(text);
});

test('a release that an outage cut short is removed before it is tried again', async () => {
  let tried = 0;
  harness.stubs.on('helm', (call) => {
    if (after(call, '--install') !== 'istiod') return '';
    if (tried++ === 0) {
      const labels = { owner: 'helm', name: 'istiod', status: 'pending-install' };
      cluster.put('/api/v1/namespaces/mesh/secrets', { metadata: { name: 'sh.helm.release.v1.istiod.v1', labels } });
      return { stderr: 'Error: Kubernetes cluster unreachable: connection refused\n', exit: 1 };
    }
    runs('mesh', 'istiod');
    return '';
  });
  const { code, stderr } = await up();
  expect(`${code} ${stderr}`).toMatch(/^0 /);
  const removed = cluster.requests.filter(
    ({ method, path: asked }) => method === 'DELETE' && asked.includes('secrets'),
  );
  expect(removed.map(({ path: asked }) => asked)).toEqual([
    '/api/v1/namespaces/mesh/secrets/sh.helm.release.v1.istiod.v1',
  ]);
});

test('what helm says ends the run with its words and the name of the cluster', async () => {
  harness.stubs.on('helm', () => ({ stderr: 'Error: values do not meet the schema: pilot.env\n', exit: 1 }));
  const { code, stderr } = await up();
  expect([code, stderr]).toEqual([4, expect.stringMatching(/values do not meet the schema: pilot\.env/)]);
});
