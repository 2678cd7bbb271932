import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { installerOf } from '../src/installer/installers.js';
import { gatewayRelease, releasesOf } from '../src/installer/helm/helm-releases.js';
import { makePlan } from '../src/plan/make-plan.js';
import { readEnvironment } from '../src/supply/read-environment.js';
import { chartArguments } from '../src/supply/charts.js';
import { parseTopology } from '../src/topology/parse-topology.js';

interface Scripts {
  normalized(object: object, of: { runId: string; plan: object }): object;
  differences(one: object[], other: object[], names: string[]): string[];
}
const { normalized, differences } = (await import(
  new URL('../scripts/installers/objects.mjs', import.meta.url).href
)) as Scripts;

const plan = (istio: string, second = '') =>
  makePlan(
    parseTopology(
      `description: x\nistio: ${istio}\nclusters:\n  - { name: a, network: n }\n  - { name: b, network: m${second} }\n`,
      'a.yaml',
    ),
    readEnvironment('lab'),
    { runId: 'abcde12345' },
  );

describe('helm', () => {
  test('installs base, istiod and a gateway, with the values of the plan', () => {
    const made = plan(
      '{ installer: helm, values: { pilot: { traceSampling: 7 } }, meshConfig: { enableTracing: true } }',
    );
    const releases = releasesOf(made, made.controlPlanes[0]!);
    expect(releases.map(({ name, chart }) => `${name} ${chart}`)).toEqual(['istio-base base', 'istiod istiod']);
    expect(releases[1]!.values).toMatchObject({
      revision: '',
      telemetry: { enabled: false },
      pilot: { traceSampling: 7 },
      meshConfig: { trustDomain: 'cluster.local', accessLogEncoding: 'JSON', enableTracing: true },
      global: {
        meshID: 'mesh1',
        network: 'n',
        hub: 'localhost/istio-lab',
        tag: '1.31.0-lab',
        istioNamespace: 'istio-system',
      },
    });
    expect(gatewayRelease(made, made.controlPlanes[0]!)).toMatchObject({
      name: 'istio-eastwestgateway',
      chart: 'gateway',
      values: { networkGateway: 'n', service: { annotations: { 'metallb.io/loadBalancerIPs': '172.28.1.1' } } },
    });
  });

  test('gives a remote the profile of one, with the address of its primary', () => {
    const made = plan('{ installer: helm }', ', role: remote, primary: a');
    const [base, istiod] = releasesOf(made, made.controlPlanes[1]!, '192.0.2.1');
    expect([base, istiod].map((release) => release!.values['profile'])).toEqual(['remote', 'remote']);
    expect(istiod!.values).toMatchObject({
      global: { remotePilotAddress: '192.0.2.1' },
      istiodRemote: { injectionPath: '/inject/cluster/b/net/m' },
    });
    expect(releasesOf(made, made.controlPlanes[0]!)[1]!.values['global']).toMatchObject({ externalIstiod: true });
  });

  test('makes the first control plane the default of its cluster, and the further ones none', () => {
    const made = plan('{ installer: helm, revision: blue, revisions: [{ revision: green, tags: [prod] }] }');
    const [blue, green] = made.controlPlanes;
    const ofBlue = releasesOf(made, blue!);
    expect(ofBlue.map(({ name }) => name)).toEqual(['istio-base', 'istiod-blue']);
    expect(ofBlue[0]!.values['defaultRevision']).toBe('blue');
    expect(ofBlue[1]!.values).toMatchObject({ revision: 'blue', revisionTags: ['default'] });
    const ofGreen = releasesOf(made, green!);
    expect(ofGreen.map(({ name }) => name)).toEqual(['istiod-green']);
    expect(ofGreen[0]!.values).toMatchObject({ revision: 'green', revisionTags: ['prod'] });
  });

  test("installs Istio's CNI plugin once in a cluster", () => {
    const made = plan('{ installer: helm, cni: true, revisions: [{ revision: green }] }');
    expect(releasesOf(made, made.controlPlanes[0]!).map(({ name }) => name)).toEqual([
      'istio-base',
      'istio-cni',
      'istiod',
    ]);
    expect(releasesOf(made, made.controlPlanes[1]!).map(({ name }) => name)).toEqual(['istiod-green']);
    expect(releasesOf(made, made.controlPlanes[1]!)[0]!.values).toMatchObject({ pilot: { cni: { enabled: true } } });
  });

  test("takes Istio's types of the newest version, and the default of the first", () => {
    const of = (versions: string[]) =>
      plan(`{ installer: helm, version: ${versions[0]}, revisions: [{ revision: green, version: ${versions[1]} }] }`);
    const [, newer] = of(['previous', 'newest']).controlPlanes;
    const releases = releasesOf(of(['previous', 'newest']), newer!);
    expect(releases.map(({ name }) => name)).toEqual(['istio-base', 'istiod-green']);
    expect(releases[0]!.values).toMatchObject({ defaultRevision: 'default' });
    const older = of(['newest', 'previous']);
    expect(releasesOf(older, older.controlPlanes[1]!).map(({ name }) => name)).toEqual(['istiod-green']);
  });

  test('finds charts in a registry and in a repository by their version', async () => {
    const version = '1.31.1';
    expect(await chartArguments({ from: 'oci://r.example/charts', version }, 'cni')).toEqual([
      ...['oci://r.example/charts/cni', '--version', version],
    ]);
    expect(await chartArguments({ from: 'https://r.example/charts', version }, 'base')).toEqual([
      ...['base', '--repo', 'https://r.example/charts', '--version', version],
    ]);
    await expect(chartArguments({ from: '/nowhere', version }, 'base')).rejects.toThrow(
      'the folder /nowhere has no chart base',
    );
  });
});

test("istioctl's IstioOperator has revision, tags, namespace and CNI plugin of its control plane", () => {
  const made = plan('{ namespace: mesh, cni: true, revisions: [{ revision: green, tags: [prod] }], dataPlane: prod }');
  const texts = made.controlPlanes.slice(0, 2).map((one) => installerOf(one).render(made, one)[0]!);
  expect(texts.map(({ name }) => name)).toEqual(['istio-base', 'istio-base-green']);
  const [first, green] = texts.map(({ text }) => parse(text) as { metadata: object; spec: Record<string, never> });
  expect(first!.metadata).toEqual({ name: 'meshproof-abcde12345-base', namespace: 'mesh' });
  expect(first!.spec).toMatchObject({ components: { cni: { enabled: true, namespace: 'mesh' } } });
  expect(first!.spec).not.toHaveProperty('revision');
  expect(green!.metadata).toEqual({ name: 'meshproof-abcde12345-base-green', namespace: 'mesh' });
  expect(green!.spec).toMatchObject({
    revision: 'green',
    components: { cni: { enabled: false } },
    values: { revisionTags: ['prod'], pilot: { cni: { enabled: true } }, global: { istioNamespace: 'mesh' } },
  });
});

test('objects of two installations are compared by what the installers made of them', () => {
  const of = (run: string) => ({
    runId: `run${run}`,
    plan: { clusters: [{ loadBalancerRange: { first: `10.0.${run}.1` } }] },
  });
  const service = (run: string, port: number, labels: object) => ({
    kind: 'Service',
    metadata: { name: 'gateway', namespace: 'x', uid: run, labels: { ...labels, app: 'gateway' } },
    spec: { clusterIP: run, ports: [{ name: 'tls', port, nodePort: 1 }], address: `10.0.${run}.1` },
  });
  const one = normalized(service('1', 443, { 'meshproof.dev/run': 'run1' }), of('1'));
  const two = normalized(service('2', 443, { 'helm.sh/chart': 'x' }), of('2'));
  const entry = (object: object) => [{ cluster: 'c', object }];
  expect(differences(entry(one), entry(two), ['a', 'b'])).toEqual([]);
  const other = normalized(service('2', 444, {}), of('2'));
  expect(differences(entry(one), entry(other), ['a', 'b'])).toEqual([
    'c Service x/gateway .spec.ports.tls.port: a 443, b 444',
  ]);
  expect(differences(entry(one), [], ['a', 'b'])).toEqual(['c Service x/gateway: of a only']);
});

test('a network that is called n stays a word for programs that read YAML 1.1', () => {
  for (const installer of ['helm', 'istioctl']) {
    const made = plan(`{ installer: ${installer} }`);
    const { render, renderGateway } = installerOf(made.controlPlanes[0]!);
    for (const { text } of [...render(made, made.controlPlanes[0]!), ...renderGateway(made, made.controlPlanes[0]!)])
      expect(parse(text, { version: '1.1' })).toEqual(parse(text));
  }
});
