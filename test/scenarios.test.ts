import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { cannotPlay, chooseScenario, needsOf, refuseUnplayable, scenarioRows } from '../src/engine/choose-scenario.js';
import { makePlan } from '../src/plan/make-plan.js';
import { budgetOf } from '../src/scenario/budgets.js';
import { asBefore, lastAct } from '../src/scenario/scenario-acts.js';
import type { Scenario } from '../src/scenario/scenario.js';
import { scenarios } from '../src/scenario/scenarios.gen.js';
import { StandingChanges } from '../src/scenario/standing-changes.js';
import { readEnvironment } from '../src/supply/read-environment.js';
import { parseTopology, readTopology } from '../src/topology/parse-topology.js';
import type { Plan } from '../src/topology/plan-types.js';

const lab = readEnvironment('lab');
const planOf = (name: string): Plan => makePlan(readTopology(name), lab, { runId: 'abcde12345' });
const topologies = readdirSync('topologies').map((file) => file.replace('.yaml', ''));
const actsOf = (scenario: Scenario, plan: Plan) => {
  const changes = new StandingChanges();
  return [...scenario.acts(plan, changes), asBefore(changes)];
};
const idsOf = (id: string, topology: string) => actsOf(chooseScenario(id), planOf(topology)).map((act) => act.id);

test('a scenario has the id that its file begins with, and no other has it', () => {
  const files = readdirSync(path.join('src', 'scenario', 'catalogue')).sort();
  const ids = files.map((file) => /^[a-z]+-\d+(?=-)/.exec(file)![0].toUpperCase());
  expect(scenarios.map(({ id }) => id)).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

describe.each(topologies)('on %s', (name) => {
  const plan = planOf(name);
  const playable = scenarios.filter((scenario) => cannotPlay(scenario, plan) === undefined);

  test('acts have ids of their own, the clusters of the plan, and end with the mesh as it was', () => {
    for (const scenario of playable) {
      const acts = actsOf(scenario, plan);
      const ids = acts.map(({ id }) => id);
      expect(new Set(ids).size, scenario.id).toBe(ids.length);
      expect(ids.at(-1)).toBe(lastAct);
      expect(acts.at(-1)!.holds!.length).toBeGreaterThan(0);
      for (const { cluster } of acts)
        if (cluster !== undefined) expect(plan.clusters.map((one) => one.name)).toContain(cluster);
    }
  });

  test('budgets and absences name acts and clusters that are there, and budgets have reasons', () => {
    for (const scenario of playable) {
      const ids = actsOf(scenario, plan).map(({ id }) => id);
      const clusters = [...plan.clusters.map((one) => one.name), 'any cluster', undefined];
      for (const { acts = [], from, to, reason } of scenario.budgets?.(plan) ?? []) {
        expect(ids).toEqual(expect.arrayContaining(acts));
        expect(clusters).toContain(from);
        expect(clusters).toContain(to);
        expect(reason.split(' ').length).toBeGreaterThan(5);
      }
      const away = scenario.away?.(plan);
      if (away) expect(ids).toEqual(expect.arrayContaining([...away.acts]));
    }
  });
});

describe('the acts', () => {
  test('of LOSS-1 stop the last cluster that serves no other', () => {
    expect(idsOf('LOSS-1', 'multi-network-multi-primary')).toEqual(['node-stopped', 'node-back', 'as-before']);
    const [first] = actsOf(chooseScenario('LOSS-1'), planOf('multi-network-primary-remote'));
    expect(first!.cluster).toBe('cluster2');
  });

  test('of LOSS-6 take a cluster out of the mesh and back in, and judge the calls of all others', () => {
    expect(idsOf('LOSS-6', 'multi-network-multi-primary')).toEqual(['leaves', 'joins', 'as-before']);
    const plan = planOf('three-regions');
    const path = (from: string, to: string) =>
      budgetOf(chooseScenario('LOSS-6').budgets!(plan), { from, to, lane: 'new' }, 'leaves').gap;
    expect(path('cluster1', 'cluster2')).toBe(0);
    expect(path('cluster1', 'any cluster')).toBe(0);
    expect(path('cluster3', 'cluster3')).toBe(0);
    expect(path('cluster1', 'cluster3')).toBeGreaterThan(0);
    expect(path('cluster3', 'cluster1')).toBeGreaterThan(0);
  });

  test('of LOSS-2 swallow, refuse and restore, one way and then both', () => {
    expect(idsOf('LOSS-2', 'multi-network-multi-primary')).toEqual([
      'swallowed/one-way',
      'refused/one-way',
      'restored/one-way',
      'swallowed/both-ways',
      'refused/both-ways',
      'restored/both-ways',
      'as-before',
    ]);
  });

  test('of LOSS-4 let a pod come while the API server is away', () => {
    expect(idsOf('LOSS-4', 'flat-primary-remote')).toEqual([
      'api-server-away/cluster2',
      'pod-comes/cluster2',
      'api-server-back/cluster2',
      'pod-goes/cluster2',
      'as-before',
    ]);
  });

  test('of LOSS-5 make two pods of what is killed, and leave out a gateway that is not there', () => {
    expect(idsOf('LOSS-5', 'multi-network-multi-primary')).toEqual([
      'two-gateways/cluster2',
      'gateway-dies/cluster2',
      'two-istiods/cluster1',
      'istiod-dies/cluster1',
      'as-before',
    ]);
    expect(idsOf('LOSS-5', 'flat-primary-remote')).toContain('gateway-dies/cluster1');
    expect(idsOf('LOSS-5', 'single')).toEqual(['two-istiods/cluster1', 'istiod-dies/cluster1', 'as-before']);
  });

  test('of ROT-1 renew at every reader before they revoke', () => {
    expect(idsOf('ROT-1', 'three-regions')).toEqual([
      'renewed/cluster1',
      'renewed/cluster2',
      'revoked/cluster3',
      'pod-comes/cluster3',
      'pod-goes/cluster3',
      'as-before',
    ]);
  });

  test('of ROT-2 let every cluster trust both roots before any gets the new intermediate, and all have it before the old goes', () => {
    expect(idsOf('ROT-2', 'multi-network-multi-primary')).toEqual([
      'both-roots/cluster1',
      'both-roots/cluster2',
      'intermediate/cluster1',
      'intermediate/cluster2',
      'new-root/cluster1',
      'new-root/cluster2',
      'forgotten/cluster1',
      'as-before',
    ]);
    expect(idsOf('ROT-2', 'flat-primary-remote')).toEqual([
      'both-roots/cluster1',
      'intermediate/cluster1',
      'new-root/cluster1',
      'forgotten/cluster1',
      'as-before',
    ]);
    expect(cannotPlay(chooseScenario('ROT-2'), planOf('two-revisions'))).toMatch(/has several control planes/);
  });

  test('of ROT-3 make every primary STRICT before the first is PERMISSIVE again', () => {
    expect(idsOf('ROT-3', 'multi-network-multi-primary')).toEqual([
      'strict/cluster1',
      'strict/cluster2',
      'permissive/cluster1',
      'permissive/cluster2',
      'as-before',
    ]);
  });
});

describe('a scenario is refused', () => {
  const existing = makePlan(
    parseTopology(
      `description: x
provider: existing
clusters:
  - { name: a, network: n, context: a }
  - { name: b, network: m, context: b }
`,
      'existing.yaml',
    ),
    lab,
    { runId: 'abcde12345' },
  );

  test('where the topology has too few clusters', () => {
    expect(() => refuseUnplayable(chooseScenario('LOSS-1'), planOf('single'))).toThrow(
      'LOSS-1 cannot be played on single: needs clusters >= 2, the topology has 1',
    );
  });

  test('on clusters that meshproof did not make, where it would have to stop or cut what is theirs', () => {
    const reason = 'needs clusters that meshproof makes: it closes the port of an API server on its node';
    expect(cannotPlay(chooseScenario('LOSS-4'), existing)).toBe(reason);
    const possible = scenarios.filter((scenario) => cannotPlay(scenario, existing) === undefined);
    expect(possible.map(({ id }) => id).filter((id) => id.startsWith('LOSS'))).toEqual(['LOSS-6']);
    expect(possible.map(({ id }) => id)).toContain('ROT-1');
  });

  test('on a mesh that somebody else has installed', () => {
    expect(cannotPlay(chooseScenario('ROT-3'), { ...existing, attach: true })).toBe(
      'the mesh is not one that meshproof has installed',
    );
  });

  test('where no pod of helloworld can come', () => {
    const plan = planOf('multi-network-multi-primary');
    const clusters = plan.clusters.map((one) => ({ ...one, helloworld: [] }));
    expect(cannotPlay(chooseScenario('ROT-1'), { ...plan, clusters })).toMatch(/cluster2 has no helloworld/);
  });

  test('where there is none of its id, with the nearest one', () => {
    expect(chooseScenario('loss-4').id).toBe('LOSS-4');
    expect(() => chooseScenario('LOS-4')).toThrow('there is no scenario LOS-4');
    try {
      chooseScenario('LOS-4');
    } catch (error) {
      expect((error as { remedy: string }).remedy).toContain('did you mean LOSS-4?');
    }
  });
});

test('the list says what each scenario needs', () => {
  expect(scenarioRows().map(({ id }) => id)).toEqual(scenarios.map(({ id }) => id));
  expect(needsOf(chooseScenario('LOSS-4'))).toEqual(['clusters >= 2', 'clusters that meshproof makes']);
  expect(needsOf(chooseScenario('ROT-1'))).toEqual(['clusters >= 2']);
});
