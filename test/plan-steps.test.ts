import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describePlan } from '../src/cli/describe-plan.js';
import { refuseCircles } from '../src/kernel/run-graph.js';
import type { Steps } from '../src/kernel/steps.js';
import { executeSteps, type Handlers } from '../src/mesh/build-mesh.js';
import { makePlan } from '../src/plan/make-plan.js';
import { readEnvironment } from '../src/supply/read-environment.js';
import { parseTopology, readTopology } from '../src/topology/parse-topology.js';
import type { Plan, PlanStep } from '../src/topology/plan-types.js';

const lab = readEnvironment('lab');
const planOf = (name: string): Plan => makePlan(readTopology(name), lab, { runId: 'abcde12345' });

/** The same topology on clusters that exist. */
function existing(name: string, more = ''): Plan {
  const { clusters } = readTopology(name);
  const lines = clusters.map(({ name: own, network, role, primary, helloworld }) =>
    JSON.stringify({ name: own, network, role, ...(primary && { primary }), helloworld, context: own }),
  );
  const text = `description: x\nprovider: existing\n${more}clusters:\n${lines.map((line) => `  - ${line}\n`).join('')}`;
  return makePlan(parseTopology(text, `${name}.yaml`), lab, { runId: 'abcde12345' });
}

const names = readdirSync('topologies').map((file) => file.replace('.yaml', ''));
const plans: [string, Plan][] = [
  ...names.map((name): [string, Plan] => [name, planOf(name)]),
  ['multi-network-primary-remote on existing clusters', existing('multi-network-primary-remote')],
  ['mixed, attached to', existing('mixed', 'attach: true\n')],
];

/** Executes a graph with work that does nothing, and returns what began and ended, in order. */
async function execute(graph: readonly PlanStep[]): Promise<string[]> {
  const log: string[] = [];
  const work = async ({ id }: PlanStep): Promise<void> => {
    log.push(`begin ${id}`);
    // no two steps take the same time, and none the same in every run
    for (let turns = Math.floor(Math.random() * 20); turns > 0; turns--) await Promise.resolve();
    log.push(`end ${id}`);
  };
  const handlers: Handlers = Object.fromEntries(graph.map(({ kind }) => [kind, work]));
  const steps: Steps = { note: () => {}, step: (_title, _options, of) => of() };
  for await (const { step } of executeSteps(graph, handlers, steps)) log.push(`noted ${step.id}`);
  return log;
}

describe.each(plans)('the graph of %s', (_, { steps }) => {
  test('can be executed, and is printed in an order in which it could be', () => {
    refuseCircles(steps);
    const order = steps.map(({ id }) => id);
    for (const { id, after } of steps)
      for (const before of after) expect(order.indexOf(before)).toBeLessThan(order.indexOf(id));
  });

  test('each printed step is executed once, after all that it comes after', async () => {
    const log = await execute(steps);
    expect(log.filter((line) => line.startsWith('begin ')).sort()).toEqual(steps.map(({ id }) => `begin ${id}`).sort());
    for (const { id, after } of steps)
      for (const before of after) expect(log.indexOf(`noted ${before}`)).toBeLessThan(log.indexOf(`begin ${id}`));
  });

  test('no step waits for what another one waits for already', () => {
    const waits = new Map<string, Set<string>>();
    for (const { id, after } of steps) {
      waits.set(id, new Set(after.flatMap((before) => [before, ...waits.get(before)!])));
      const needless = after.filter((one) => after.some((other) => waits.get(other)!.has(one)));
      expect({ id, needless }).toEqual({ id, needless: [] });
    }
  });
});

/** What a step comes after, directly or not. */
function allBefore({ steps }: Plan, id: string): string[] {
  const own = steps.find((step) => step.id === id)!.after;
  return [...new Set(own.flatMap((before) => [before, ...allBefore({ steps } as Plan, before)]))];
}

test("a primary's workloads start as soon as injection works, before its installation ends", () => {
  const before = allBefore(planOf('multi-network-multi-primary'), 'helloworld-and-sleep/cluster1');
  expect(before).toContain('istiod/cluster1');
  expect(before).not.toContain('installation/cluster1');
});

test('a remote of kind is installed before its primary serves, and others after', () => {
  const served = ['exposed-istiod/cluster1', 'gateway-address/cluster1'];
  const name = 'multi-network-primary-remote';
  const kind = allBefore(planOf(name), 'remote-profile/cluster2');
  for (const id of served) expect(kind).not.toContain(id);
  expect(allBefore(existing(name), 'remote-profile/cluster2')).toEqual(expect.arrayContaining(served));
  for (const plan of [planOf(name), existing(name)])
    expect(allBefore(plan, 'remote-secret/cluster2')).toEqual(expect.arrayContaining(served));
});

test('of existing clusters none is changed before all have been looked at', () => {
  const before = allBefore(existing('mixed'), 'certificates-and-namespace/cluster1');
  expect(before.filter((id) => id.startsWith('inventory/'))).toHaveLength(3);
});

test('every primary may read every other cluster, and only clusters of one network get routes', () => {
  const titles = (kind: PlanStep['kind']) =>
    planOf('mixed')
      .steps.filter((step) => step.kind === kind)
      .map(({ cluster, title }) => `${cluster}: ${title}`);
  expect(titles('remote secret').sort()).toEqual([
    'cluster1: istiod of cluster3 may read cluster1',
    'cluster2: istiod of cluster1 and cluster3 may read cluster2',
    'cluster3: istiod of cluster1 may read cluster3',
  ]);
  expect(titles('routes')).toEqual([
    'cluster1: routes to the pods 10.20.0.0/16 and services 10.21.0.0/16 of cluster2',
    'cluster2: routes to the pods 10.10.0.0/16 and services 10.11.0.0/16 of cluster1',
  ]);
  expect(planOf('single').steps.map(({ kind }) => kind)).not.toContain('remote secret');
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
  expect(text).toMatch(
    /^ {2}13 {2}istiod +cluster1 +5, 11 +istiod 1\.31\.0 and east-west gateway of network1 by istioctl, until injection works$/m,
  );
  for (const image of Object.values(planOf('multi-network-primary-remote').images)) expect(text).toContain(image);
});

describe('the executed steps of a record', async () => {
  const { wrongSteps } = (await import(new URL('../scripts/wrong-steps.mjs', import.meta.url).href)) as {
    wrongSteps(timings: readonly object[], steps: readonly object[]): string[];
  };
  const steps = [
    { id: 'a', after: [] },
    { id: 'b', after: ['a'] },
  ];
  const a = { step: 'A', id: 'a', start: 0, duration: 10 };
  const b = { step: 'B', id: 'b', start: 10, duration: 5 };

  test('are those of the plan', () =>
    expect(wrongSteps([{ step: 'preflight', start: 0, duration: 1 }, a, b], steps)).toEqual([]));
  test('are not when one is missing, twice there, unknown or too early', () => {
    expect(wrongSteps([a], steps)).toEqual(['b was executed 0 times']);
    expect(wrongSteps([a, b, b], steps)).toEqual(['b was executed 2 times']);
    expect(wrongSteps([a, b, { ...b, id: 'c' }], steps)).toEqual(['c was executed and is not in the plan']);
    expect(wrongSteps([a, { ...b, start: 9 }], steps)).toEqual(['b began before the end of a']);
  });
});
