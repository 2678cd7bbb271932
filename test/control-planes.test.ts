import { describe, expect, test } from 'vitest';
import { planIstio } from '../src/plan/control-planes.js';
import { makePlan } from '../src/plan/make-plan.js';
import { planSteps } from '../src/plan/plan-steps.js';
import { clusterImages } from '../src/supply/plan-images.js';
import { programsNeeded } from '../src/supply/programs-of-plans.js';
import { readEnvironment } from '../src/supply/read-environment.js';
import { injectionLabels, istiodName, validatorName } from '../src/topology/istio-names.js';
import { ownPlane, servingPlane } from '../src/topology/mesh-layout.js';
import { parseTopology } from '../src/topology/parse-topology.js';
import { topologySchema } from '../src/topology/topology-schema.js';
import { problemsOf } from './helpers/problems.js';

const lab = readEnvironment('lab');
const plan = (text: string, environment = lab) =>
  makePlan(parseTopology(`description: x\n${text}`, 'a.yaml'), environment, { runId: 'abcde12345' });
const two = (first = '', second = '') => `clusters:
  - { name: a, network: n${first} }
  - { name: b, network: m${second} }
`;
const planes = (text: string, environment = lab) =>
  plan(text, environment).controlPlanes.map(({ id, version, installer }) => `${id} ${version} ${installer}`);

describe('control planes', () => {
  test('are one in each primary, and what leads there in a remote', () => {
    const { controlPlanes, clusters } = plan(two('', ', role: remote, primary: a'));
    expect(controlPlanes.map(({ id, servedBy, namespace }) => [id, servedBy, namespace])).toEqual([
      ['a/default', undefined, 'istio-system'],
      ['b/default', 'a/default', 'istio-system'],
    ]);
    expect(clusters.map(({ controlPlane, dataPlane }) => [controlPlane, dataPlane])).toEqual([
      ['a/default', 'default'],
      ['a/default', 'default'],
    ]);
  });

  test('of a cluster are laid over those of the whole, and revisions over the first', () => {
    const text = `istio:
  version: previous
  values: { pilot: { traceSampling: 1, env: { A: '1' } } }
  revisions: [{ revision: next, version: newest, values: { pilot: { env: { B: '2' } } } }]
${two(', istio: { values: { pilot: { traceSampling: 2 } } }', ', istio: { installer: helm, revisions: [] }')}`;
    expect(planes(text)).toEqual(['a/default 1.30.4 istioctl', 'a/next 1.31.0 istioctl', 'b/default 1.30.4 helm']);
    const [first, next, other] = plan(text).controlPlanes;
    expect(first!.values['pilot']).toMatchObject({ traceSampling: 2, env: { A: '1' } });
    expect(next!.values['pilot']).toMatchObject({ traceSampling: 2, env: { A: '1', B: '2' } });
    expect(other!.values['pilot']).toMatchObject({ traceSampling: 1 });
    expect(next).toMatchObject({
      tag: '1.31.0-lab',
      images: { 'istio-pilot': 'localhost/istio-lab/pilot:1.31.0-lab' },
    });
  });

  test('are followed by revision or tag, by the first one unless it is said', () => {
    const revisions = 'revisions: [{ revision: next, tags: [prod] }]';
    const follows = (istio: string) => {
      const made = plan(`istio: { ${istio} }\n${two('', ', role: remote, primary: a')}`);
      return made.clusters.map(({ name, dataPlane }) => [
        servingPlane(made, name).id,
        dataPlane,
        ownPlane(made, name).id,
      ]);
    };
    expect(follows(revisions)[0]).toEqual(['a/default', 'default', 'a/default']);
    expect(follows(`${revisions}, dataPlane: prod`)).toEqual([
      ['a/next', 'prod', 'a/next'],
      ['a/next', 'prod', 'b/next'],
    ]);
  });

  test('need an istioctl and images of every version, and helm with charts where it installs', () => {
    const mixed = plan(two(', istio: { version: previous }', ', istio: { installer: helm, cni: true }'));
    const needed = programsNeeded(mixed).map(({ name, version }) => `${name} ${version}`);
    expect(needed).toEqual(expect.arrayContaining(['istioctl 1.30.4', 'istioctl 1.31.0', 'helm 3.19.5']));
    expect(clusterImages(mixed)).toEqual(
      expect.arrayContaining([
        'localhost/istio-lab/proxyv2:1.30.4-lab',
        'localhost/istio-lab/proxyv2:1.31.0-lab',
        'localhost/istio-lab/install-cni:1.31.0-lab',
      ]),
    );
    expect(clusterImages(plan(two()))).not.toContain('localhost/istio-lab/install-cni:1.31.0-lab');
    expect(mixed.controlPlanes[1]!.needs.charts).toMatchObject({ version: '1.31.0' });
    expect(mixed.controlPlanes[1]!.needs.charts!.from).toMatch(/charts\/1\.31\.0$/);
  });

  test('have the version and the installer that the user asks for, but for what is said of a cluster', () => {
    const asked = { ...lab, request: { istio: '1.30.4', installer: 'helm' } };
    expect(planes(two('', ', istio: { version: newest }'), asked)).toEqual([
      'a/default 1.30.4 helm',
      'b/default 1.31.0 helm',
    ]);
  });

  test('without a previous release are refused where it is asked for', () => {
    const one = { ...lab, istioVersions: ['1.31.0', '1.31.1'] };
    expect(problemsOf(() => plan(two('', ', istio: { version: previous }'), one))).toMatchObject([
      { line: 4, message: 'environment lab has Istio releases of one minor only, so "previous" has no meaning' },
    ]);
  });

  test('of one cluster are installed one after the other, the gateway with the one that is followed', () => {
    const made = plan(`istio: { revisions: [{ revision: next }], dataPlane: next }\n${two()}`);
    const steps = planSteps(made);
    const of = (id: string) => steps.find((step) => step.id === id)!;
    expect(of('istiod/a/next').after).toEqual(['installation/a']);
    expect(of('istiod/a').title).not.toContain('gateway');
    expect(of('istiod/a/next').title).toContain('and east-west gateway of n');
    expect(of('helloworld-and-sleep/a').after).toEqual(['istiod/a/next']);
  });

  test('of helm have a gateway of its own step', () => {
    const steps = planSteps(plan(`istio: { installer: helm }\n${two()}`));
    expect(steps.map(({ kind }) => kind)).not.toContain('installation');
    expect(steps.find(({ id }) => id === 'east-west-gateway/a')).toMatchObject({ after: ['istiod/a'] });
  });
});

test('names of objects have the revision, but for the default one', () => {
  expect(istiodName({ revision: 'default' })).toBe('istiod');
  expect(istiodName({ revision: '1-31-0' })).toBe('istiod-1-31-0');
  expect(validatorName({ revision: 'next', namespace: 'mesh' })).toBe('istio-validator-next-mesh');
  expect(injectionLabels('default')).toEqual({ 'istio-injection': 'enabled' });
  expect(injectionLabels('prod')).toEqual({ 'istio.io/rev': 'prod' });
});

test.each([
  [
    'a data plane that follows nobody',
    `istio: { dataPlane: net }\n${two()}`,
    ['istio.dataPlane', 'a has no control plane net'],
  ],
  [
    'a revision twice',
    `istio: { revisions: [{ revision: x }, { revision: x }] }\n${two()}`,
    ['', 'a: x is a revision or tag already'],
  ],
  [
    'a tag that is a revision',
    `istio: { revision: x, tags: [x] }\n${two()}`,
    ['', 'a: x is a revision or tag already'],
  ],
  [
    'a further default',
    `istio: { revision: x, revisions: [{ revision: default }] }\n${two()}`,
    ['', 'a: default is the revision of the first control plane already'],
  ],
  [
    'a remote with a revision',
    two('', ', role: remote, primary: a, istio: { revision: x }'),
    ['', 'b is a remote, which uses the revision of its primary'],
  ],
])('%s is refused once, with its place', (_, text, [, message]) => {
  const found = problemsOf(() => parseTopology(`description: x\n${text}`, 'a.yaml'));
  expect(found.map((problem) => problem.message)).toEqual([message]);
  expect(found[0]!.line).toBeGreaterThan(1);
});

test('what is wrong within istio is told, and hides nothing else', () => {
  const text = `istio: { tags: 5, revisions: [{ version: 1 }] }\n${two(', istio: { cni: maybe }')}`;
  expect(problemsOf(() => parseTopology(`description: x\n${text}`, 'a.yaml')).length).toBeGreaterThan(2);
  expect(topologySchema.safeParse({ description: 'x', clusters: [{ name: 'a' }] }).success).toBe(true);
});

test('an unknown version of a cluster is told at its place', () => {
  const complaints: Parameters<typeof planIstio>[2] = [];
  const topology = parseTopology(`description: x\n${two('', ', istio: { version: 1.32-alpha.abc }')}`, 'a.yaml');
  planIstio(topology, lab, complaints);
  expect(complaints).toMatchObject([{ path: ['clusters', 1, 'istio', 'version'] }]);
});
