import { expect, test } from 'vitest';
import { readEnvironment } from '../src/supply/read-environment.js';
import { MeshproofError, ProblemsError } from '../src/kernel/errors.js';
import { parseTopology, readTopology } from '../src/topology/parse-topology.js';
import { makePlan } from '../src/plan/make-plan.js';
import type { Plan } from '../src/topology/plan-types.js';

const lab = readEnvironment('lab');
const open = { ...lab, maxWorkers: undefined };
const runId = 'abcde12345';

function plan(text: string, usedSubnets: string[] = [], environment = lab): Plan {
  return makePlan(parseTopology(`description: x\n${text}`, 'a.yaml'), environment, { runId, usedSubnets });
}

function problems(text: string, usedSubnets: string[] = [], environment = lab): string[] {
  try {
    plan(text, usedSubnets, environment);
  } catch (error) {
    if (error instanceof ProblemsError) return error.problems.map((p) => `${p.line}:${p.column} ${p.message}`);
    throw error;
  }
  return [];
}

const two = 'clusters: [{name: a, network: n1}, {name: b, network: n2}]';

test('the first free /20 of the pool: /24 for the nodes, then one for every cluster', () => {
  const { docker, clusters } = plan(two, ['172.17.0.0/16', '172.28.0.0/20', '172.28.24.0/24']);
  expect(docker).toEqual({ network: 'meshproof-abcde12345', subnet: '172.28.32.0/20', nodeRange: '172.28.32.0/24' });
  expect(clusters.map((c) => c.loadBalancerRange)).toEqual([
    { first: '172.28.33.1', last: '172.28.33.254' },
    { first: '172.28.34.1', last: '172.28.34.254' },
  ]);
  expect(clusters.map((c) => c.kindName)).toEqual(['meshproof-abcde12345-a', 'meshproof-abcde12345-b']);
});

test('pod and service ranges are not given to Docker', () => {
  expect(plan('clusters: [{name: a, podCIDR: 172.28.0.0/18}]').docker.subnet).toBe('172.28.64.0/20');
});

test('fifteen clusters fit', () => {
  const clusters = Array.from({ length: 15 }, (_, i) => `{name: c${i + 1}, network: n${i + 1}}`);
  expect(plan(`clusters: [${clusters.join(', ')}]`).clusters[14]!.loadBalancerRange.last).toBe('172.28.15.254');
});

test('sixteen do not', () => {
  const clusters = Array.from({ length: 16 }, (_, i) => `{name: c${i + 1}, network: n${i + 1}}`);
  expect(problems(`clusters: [${clusters.join(', ')}]`)).toEqual(['2:11 clusters is a list of 16']);
});

test('a pool without a free block is named, with what to do', () => {
  expect(() => plan(two, ['172.28.0.0/14'])).toThrowError(MeshproofError);
  expect(() => plan(two, ['172.28.0.0/14'])).toThrowError(
    'no free /20 for a Docker network in the address pool 172.28.0.0/14',
  );
});

test.each([
  [
    'another Docker network',
    `dockerSubnet: 172.20.0.0/20\n${two}`,
    ['2:15 dockerSubnet 172.20.0.0/20 overlaps 172.20.8.0-172.20.8.255 of another Docker network'],
  ],
  ['pods', `dockerSubnet: 10.20.0.0/20\n${two}`, ['3:36 podCIDR 10.20.0.0/16 of b overlaps dockerSubnet 10.20.0.0/20']],
  [
    'too small',
    `dockerSubnet: 172.20.16.0/23\n${two}`,
    ['3:36 the load balancer range of b lies outside the Docker network 172.20.16.0/23'],
  ],
])('a dockerSubnet that does not fit: %s', (_, text, expected) =>
  expect(problems(text, ['172.20.8.0/24'])).toEqual(expected),
);

test('load balancer ranges stay inside the Docker network, off the nodes and apart', () => {
  const text = `dockerSubnet: 172.20.0.0/20
clusters:
  - { name: a, network: n1, loadBalancer: 172.21.0.0/24 }
  - { name: b, network: n2, loadBalancer: 172.20.0.200-172.20.1.5 }
  - { name: c, network: n3, loadBalancer: 172.20.5.0/24 }
  - { name: d, network: n4 }
  - { name: e, network: n5 }`;
  expect(problems(text)).toEqual([
    '4:43 the load balancer range of a lies outside the Docker network 172.20.0.0/20',
    '5:43 the load balancer range of b overlaps 172.20.0.0/24, the addresses of the nodes',
    '8:5 the load balancer range of e overlaps that of c, 172.20.5.0-172.20.5.255',
  ]);
});

test('the Istio that the topology asks for', () => {
  expect(plan('istio:\n  version: 1.30.4\nclusters: [{name: a}]')).toMatchObject({
    istio: { version: '1.30.4', hub: lab.istioHub, tag: '1.30.4-lab' },
    images: { 'istio-pilot': `${lab.istioHub}/pilot:1.30.4-lab` },
    environment: { programs: { istioctl: { version: '1.30.4' } } },
  });
});

test("the Istio version is filled into images of the user's own, also where they are values of Istio's charts", () => {
  const own = { ...lab, values: { pilot: { image: 'own.example/pilot:{istio}' } } };
  const topology = parseTopology('description: x\nistio: {version: 1.30.4}\nclusters: [{name: a}]', 'a.yaml');
  expect(makePlan(topology, own, { runId }).environment.values).toEqual({
    pilot: { image: 'own.example/pilot:1.30.4' },
  });
});

test('workers where the environment has none', () => {
  const text = 'clusters:\n  - name: a\n    workers: 2';
  expect(problems(text)).toEqual(['4:14 environment lab creates clusters with no workers']);
  expect(problems(text, [], open)).toEqual([]);
});

test('names of containers stay host names, also with a longer run id', () => {
  const topology = parseTopology(`description: x\nclusters: [{name: ${'a'.repeat(28)}}]`, 'a.yaml');
  expect(makePlan(topology, lab, { runId }).clusters[0]!.kindName + '-control-plane').toHaveLength(63);
  expect(() => makePlan(topology, lab, { runId: `${runId}1` })).toThrowError(ProblemsError);
});

test('existing clusters: nothing is planned in Docker', () => {
  const { docker, clusters, steps } = plan('provider: existing\nclusters: [{name: a, context: east}]');
  expect(docker).toEqual({ network: '', subnet: '', nodeRange: '' });
  expect(clusters[0]).toMatchObject({ kindName: 'east', loadBalancerRange: { first: '', last: '' } });
  expect(steps.map((step) => step.kind)).toEqual([
    ...['attach', 'lease', 'inventory', 'certificates and namespace', 'istiod', 'installation', 'helloworld and sleep'],
  ]);
});

test('the same in, the same out', () => {
  const topology = readTopology('mixed');
  expect(makePlan(topology, lab, { runId })).toEqual(makePlan(topology, lab, { runId }));
});
