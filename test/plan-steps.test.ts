import { expect, test } from 'vitest';
import { describePlan } from '../src/cli/describe-plan.js';
import { readEnvironment } from '../src/supply/read-environment.js';
import { readTopology } from '../src/topology/parse-topology.js';
import { makePlan } from '../src/plan/make-plan.js';

const lab = readEnvironment('lab');
const planOf = (name: string) => makePlan(readTopology(name), lab, { runId: 'abcde12345' });

const before = ['preparation', 'clusters', 'load balancers'];
const after = ['workloads', 'behaviours'];

test.each([
  ['flat-multi-primary', [...before, 'routes', 'certificates', 'istiod', 'remote secrets', ...after]],
  [
    'flat-primary-remote',
    [...before, 'routes', 'certificates', 'istiod', 'gateways', 'remote secrets', 'remotes', ...after],
  ],
  ['multi-network-multi-primary', [...before, 'certificates', 'istiod', 'gateways', 'remote secrets', ...after]],
  [
    'multi-network-primary-remote',
    [...before, 'certificates', 'istiod', 'gateways', 'remote secrets', 'remotes', 'gateways of remotes', ...after],
  ],
  ['single', [...before, 'certificates', 'istiod', ...after]],
])('the order of %s', (name, groups) => {
  expect([...new Set(planOf(name).steps.map((step) => step.group))]).toEqual(groups);
});

test('every primary may read every other cluster, and only clusters of one network get routes', () => {
  const titles = planOf('mixed').steps.map((step) => step.title);
  expect(titles.filter((title) => title.startsWith('remote secret'))).toEqual([
    'remote secret: istiod of cluster1 may read cluster2',
    'remote secret: istiod of cluster1 may read cluster3',
    'remote secret: istiod of cluster3 may read cluster1',
    'remote secret: istiod of cluster3 may read cluster2',
  ]);
  expect(titles.filter((title) => title.startsWith('routes'))).toEqual([
    'routes to the pods 10.20.0.0/16 and services 10.21.0.0/16 of cluster2',
    'routes to the pods 10.10.0.0/16 and services 10.11.0.0/16 of cluster1',
  ]);
});

test('a plan as text', () => {
  const text = describePlan(planOf('multi-network-primary-remote'));
  expect(text).toContain(
    `clusters
  cluster   role                network   region/zone            nodes  pods          services      load balancer            helloworld
  cluster1  primary             network1  region1/region1-zone1  1      10.10.0.0/16  10.11.0.0/16  172.28.1.1-172.28.1.254  v1
  cluster2  remote of cluster1  network2  region2/region2-zone1  1      10.20.0.0/16  10.21.0.0/16  172.28.2.1-172.28.2.254  v2
`,
  );
  expect(text).toContain('features        multi-network, primary-remote, 2 clusters, 2 regions\n');
  expect(text).toContain('Docker network  meshproof-abcde12345, 172.28.0.0/20, nodes in 172.28.0.0/24\n');
  expect(text).toMatch(/^ {2}6 +gateways +cluster1 +east-west gateway of network1, exposing the services and istiod$/m);
  for (const image of Object.values(planOf('multi-network-primary-remote').images)) expect(text).toContain(image);
});
