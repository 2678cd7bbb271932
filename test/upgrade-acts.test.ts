import { readdirSync } from 'node:fs';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { MeshState } from '../src/mesh/mesh-state.js';
import { makePlan } from '../src/plan/make-plan.js';
import { defineUpgrade } from '../src/scenario/upgrade/define-upgrade.js';
import { upgradeActs } from '../src/scenario/upgrade/upgrade-acts.js';
import type { Strategy, Upgrade } from '../src/scenario/upgrade/upgrade.js';
import type { Act, ActContext } from '../src/scenario/scenario.js';
import { readEnvironment } from '../src/supply/read-environment.js';
import { followedBy } from '../src/topology/mesh-layout.js';
import { parseTopology, readTopology } from '../src/topology/parse-topology.js';
import type { Plan } from '../src/topology/plan-types.js';
import type { Topology } from '../src/topology/topology-types.js';

/** What acts did, in the order in which they did it: only the plans that they make are looked at here. */
const { did } = vi.hoisted(() => ({ did: [] as string[] }));
vi.mock('../src/scenario/upgrade/installation-work.js', () => ({
  install: (_: unknown, plan: Plan, id: string) => {
    const { version, tags } = plan.controlPlanes.find((one) => one.id === id)!;
    did.push(`install ${id} ${version}${tags.length > 0 ? ` ${tags.join(' ')}` : ''}`);
  },
  removePlane: (_: unknown, plan: Plan, { id }: { id: string }) => did.push(`remove ${id}`),
  exposeAll: () => {},
}));
vi.mock('../src/scenario/upgrade/proxy-work.js', () => ({
  moveNamespace: (_: unknown, plan: Plan, { id }: { id: string }, { namespace, dataPlane }: Record<string, string>) =>
    did.push(`${namespace} to ${id} as ${dataPlane}`),
  moveGateway: (_: unknown, plan: Plan, { id }: { id: string }) => did.push(`gateway to ${id}`),
}));
vi.mock('../src/scenario/upgrade/precheck.js', () => ({ precheck: () => {} }));

const lab = readEnvironment('lab');
const inVersion = (topology: Topology, istio: string) =>
  makePlan(topology, { ...lab, request: { istio } }, { runId: 'abcde12345' });
const upgradeOf = (topology: Topology, strategy: Strategy, order?: string[], from = '1.30.4', to = '1.31.0') => {
  const plan = inVersion(topology, from);
  return { plan, upgrade: defineUpgrade(plan, inVersion(topology, to), { strategy, order }) };
};
const ids = (upgrade: Upgrade, plan: Plan) => upgradeActs(upgrade, plan).map(({ id }) => id);
const contextOf = (plan: Plan): ActContext => ({
  mesh: { version: 2, runId: 'abcde12345', phase: 'up', createdAt: '', plan, clusters: [], timings: [] } as MeshState,
  programs: { kind: 'kind', istioctl: {} },
  load: { namespace: 'load', follow: async () => {} },
  signal: new AbortController().signal,
  mark: () => {},
});
const play = async (plan: Plan, work: NonNullable<Act['undo']>): Promise<Plan> =>
  ((await work(contextOf(plan))) ?? contextOf(plan).mesh).plan;
const tagged = parseTopology(
  `description: x
istio: { tags: [prod, eu], dataPlane: prod }
clusters:
  - { name: a, network: n }
  - { name: b, network: m, role: remote, primary: a }
`,
  'tagged.yaml',
);
const topologies: [string, Topology][] = readdirSync('topologies')
  .map((file) => file.replace('.yaml', ''))
  // they say their own versions
  .filter((name) => name !== 'two-revisions' && name !== 'mixed-versions')
  .map((name) => [name, readTopology(name)]);

beforeEach(() => void did.splice(0));

describe.each([...topologies, ['tagged', tagged] as [string, Topology]])('%s', (_, topology) => {
  test.each(['canary', 'in-place'] as const)(
    '%s: each act can be taken back, whatever was done before it',
    async (strategy) => {
      const { plan: before, upgrade } = upgradeOf(topology, strategy);
      const acts = upgradeActs(upgrade, before);
      const plans = [before];
      for (const act of acts) plans.push(await play(plans.at(-1)!, act.do));
      for (const [i] of acts.entries()) {
        let plan = plans[i + 1]!;
        for (const act of acts.slice(0, i + 1).toReversed()) plan = await play(plan, act.undo!);
        expect({ i, plan }).toEqual({ i, plan: before });
      }
    },
  );

  test.each(['canary', 'in-place'] as const)(
    '%s: an act that was interrupted is done again, or taken back',
    async (strategy) => {
      const { plan: before, upgrade } = upgradeOf(topology, strategy);
      let plan = before;
      for (const act of upgradeActs(upgrade, before)) {
        const after = await play(plan, act.do);
        expect(await play(after, act.do), act.id).toEqual(after);
        // of one that has begun, the state is still that before it
        if (strategy === 'canary') expect(await play(plan, act.undo!), act.id).toEqual(plan);
        plan = after;
      }
    },
  );

  test.each(['canary', 'in-place'] as const)(
    '%s: ends with the mesh that is built in the new version',
    async (strategy) => {
      const { plan: before, upgrade } = upgradeOf(topology, strategy);
      let plan = before;
      for (const act of upgradeActs(upgrade, before)) plan = await play(plan, act.do);
      const istio = { ...topology.istio, ...(strategy === 'canary' && { revision: '1-31-0' }) };
      const fresh = inVersion({ ...topology, istio }, '1.31.0');
      expect(plan.controlPlanes).toEqual(fresh.controlPlanes);
      expect(plan.clusters).toEqual(fresh.clusters);
    },
  );

  test('every act has an id of its own, and its behaviours', () => {
    const { plan, upgrade } = upgradeOf(topology, 'canary');
    const acts = upgradeActs(upgrade, plan);
    expect(new Set(acts.map(({ id }) => id)).size).toBe(acts.length);
    expect(acts.filter(({ holds }) => holds!.length === 0).map(({ id }) => id)).toEqual(['precheck']);
  });
});

test('a canary goes through cluster after cluster, and removes what is old at the end, of remotes first', () => {
  const { plan, upgrade } = upgradeOf(readTopology('multi-network-primary-remote'), 'canary');
  expect(ids(upgrade, plan)).toEqual([
    'precheck',
    'istiod/cluster1',
    'namespace/cluster1/sample',
    'gateway/cluster1',
    'istiod/cluster2',
    'namespace/cluster2/sample',
    'gateway/cluster2',
    'old/cluster2',
    'old/cluster1',
  ]);
});

test('in place, gateways come before workloads, and there is none in a flat mesh of primaries', () => {
  const acts = (name: string) => {
    const { plan, upgrade } = upgradeOf(readTopology(name), 'in-place');
    return ids(upgrade, plan).slice(1);
  };
  expect(acts('flat-multi-primary')).toEqual([
    'istiod/cluster1',
    'namespace/cluster1/sample',
    'istiod/cluster2',
    'namespace/cluster2/sample',
  ]);
  expect(acts('flat-primary-remote').slice(0, 3)).toEqual([
    'istiod/cluster1',
    'gateway/cluster1',
    'namespace/cluster1/sample',
  ]);
});

test('a gateway and workloads that an act has not come to follow what they did', async () => {
  const topology = readTopology('multi-network-multi-primary');
  const states = async (strategy: Strategy, until: string) => {
    const { plan: before, upgrade } = upgradeOf(topology, strategy);
    let plan = before;
    for (const act of upgradeActs(upgrade, before)) {
      plan = await play(plan, act.do);
      if (act.id === until) break;
    }
    const [cluster] = plan.clusters;
    return (['gateway', 'workloads'] as const).map((part) => {
      const { controlPlane, tag } = followedBy(plan, cluster!, part);
      return `${part} ${controlPlane} ${tag}`;
    });
  };
  expect(await states('canary', 'istiod/cluster1')).toEqual([
    'gateway cluster1/default 1.30.4-lab',
    'workloads cluster1/default 1.30.4-lab',
  ]);
  expect(await states('canary', 'namespace/cluster1/sample')).toEqual([
    'gateway cluster1/default 1.30.4-lab',
    'workloads cluster1/1-31-0 1.31.0-lab',
  ]);
  expect(await states('in-place', 'istiod/cluster1')).toEqual([
    'gateway cluster1/default 1.30.4-lab',
    'workloads cluster1/default 1.30.4-lab',
  ]);
  expect(await states('in-place', 'gateway/cluster1')).toEqual([
    'gateway cluster1/default 1.31.0-lab',
    'workloads cluster1/default 1.30.4-lab',
  ]);
});

test('tags lead elsewhere before the workloads that name them restart', async () => {
  const { plan, upgrade } = upgradeOf(tagged, 'canary');
  const acts = upgradeActs(upgrade, plan);
  expect(acts.slice(1, 5).map(({ id }) => id)).toEqual(['istiod/a', 'tags/a', 'namespace/a/sample', 'gateway/a']);
  let now = plan;
  for (const act of acts.slice(1, 4)) now = await play(now, act.do);
  expect(did).toEqual(['install a/1-31-0 1.31.0', 'install a/1-31-0 1.31.0 prod eu', 'sample to a/1-31-0 as prod']);
});

test('a gateway and workloads are taken back with the istiod that has started them', async () => {
  const { plan: before, upgrade } = upgradeOf(readTopology('multi-network-primary-remote'), 'in-place');
  const acts = upgradeActs(upgrade, before);
  let plan = before;
  for (const act of acts) plan = await play(plan, act.do);
  did.splice(0);
  for (const act of acts.toReversed()) plan = await play(plan, act.undo!);
  expect(did).toEqual([
    'install cluster2/default 1.30.4',
    'install cluster1/default 1.30.4',
    'gateway to cluster1/default',
    'sample to cluster1/default as default',
    'gateway to cluster2/default',
    'sample to cluster2/default as default',
  ]);
});

test('a revision that is removed again leaves what both need with the old one', async () => {
  const { plan, upgrade } = upgradeOf(readTopology('single'), 'canary');
  const [, istiod] = upgradeActs(upgrade, plan);
  const beside = await play(plan, istiod!.do);
  await play(beside, istiod!.undo!);
  expect(did).toEqual(['install cluster1/1-31-0 1.31.0', 'install cluster1/default 1.30.4', 'remove cluster1/1-31-0']);
});
