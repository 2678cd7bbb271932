import { expect, test } from 'vitest';
import { readEnvironment } from '../src/supply/read-environment.js';
import { describePlan } from '../src/cli/describe-plan.js';
import { eastWestGateway, features, missingFeature } from '../src/topology/features.js';
import { readTopology } from '../src/topology/parse-topology.js';
import { makePlan } from '../src/plan/make-plan.js';
import type { Features } from '../src/topology/plan-types.js';

const of = (name: string) => features(readTopology(name));

test.each([
  ['single', { clusters: 1, networks: 1, regions: 1, primaries: 1, remotes: 0 }, ''],
  ['flat-multi-primary', { clusters: 2, networks: 1, regions: 2, primaries: 2, remotes: 0 }, 'flat multi-primary'],
  ['flat-primary-remote', { clusters: 2, networks: 1, regions: 2, primaries: 1, remotes: 1 }, 'flat primary-remote'],
  [
    'multi-network-multi-primary',
    { clusters: 2, networks: 2, regions: 2, primaries: 2, remotes: 0 },
    'multi-network multi-primary',
  ],
  [
    'multi-network-primary-remote',
    { clusters: 2, networks: 2, regions: 2, primaries: 1, remotes: 1 },
    'multi-network primary-remote',
  ],
  ['three-regions', { clusters: 3, networks: 3, regions: 3, primaries: 3, remotes: 0 }, 'multi-network multi-primary'],
  [
    'mixed',
    { clusters: 3, networks: 2, regions: 3, primaries: 2, remotes: 1 },
    'flat multi-network multi-primary primary-remote',
  ],
])('features of %s', (name, counts, flags) => {
  const found = of(name);
  expect(found).toMatchObject(counts);
  expect(
    Object.entries(found)
      .filter(([, value]) => value === true)
      .map(([flag]) => flag)
      .join(' '),
  ).toBe(flags);
});

test.each([
  ['multi-network', 'needs multi-network: all clusters are in one network'],
  ['not multi-network', undefined],
  ['flat', undefined],
  ['not flat', 'needs not flat: a network holds two or more clusters'],
  ['multi-primary', 'needs multi-primary: only one cluster is a primary'],
  ['primary-remote', undefined],
  ['regions >= 3', 'needs regions >= 3, the topology has 2'],
  ['regions>=2', undefined],
  ['not regions >= 2', 'needs not regions >= 2, the topology has 2'],
  ['clusters = 2', undefined],
  ['clusters > 2', 'needs clusters > 2, the topology has 2'],
  ['remotes <= 1', undefined],
  ['networks < 2', undefined],
])('flat-primary-remote and "%s"', (requirement, reason) =>
  expect(missingFeature(requirement, of('flat-primary-remote'))).toBe(reason),
);

test.each(['multi-netwrk', 'regions', 'flat >= 2', 'regions => 3', 'not', '', 'clusters >= two', 'toString'])(
  '"%s" is not a requirement',
  (requirement) => {
    expect(() => missingFeature(requirement, of('single'))).toThrowError('is not a requirement');
  },
);

const istio = { values: {}, meshConfig: {} };
const registryOnly = { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } };
test.each([
  ['nothing', {}, false],
  ['REGISTRY_ONLY in meshConfig', { meshConfig: registryOnly }, true],
  ['REGISTRY_ONLY in values', { values: { meshConfig: registryOnly } }, true],
  [
    'ALLOW_ANY in meshConfig over values',
    { meshConfig: { outboundTrafficPolicy: { mode: 'ALLOW_ANY' } }, values: { meshConfig: registryOnly } },
    false,
  ],
  ['a policy that is null', { meshConfig: { outboundTrafficPolicy: null } }, false],
])('a topology with %s: registry-only %j', (_, settings, expected) => {
  const found = features({ ...readTopology('single'), istio: { ...istio, ...settings } });
  expect(found['registry-only']).toBe(expected);
  const reason =
    'needs not registry-only: the mesh refuses calls to hosts that are not registered (outboundTrafficPolicy REGISTRY_ONLY)';
  expect(missingFeature('not registry-only', found)).toBe(expected ? reason : undefined);
});

test('the plan knows what the values of an environment make of the mesh', () => {
  const environment = { ...readEnvironment('public'), values: { meshConfig: registryOnly } };
  const plan = makePlan(readTopology('single'), environment, { runId: 'aaaaaaaaaa' });
  expect(plan.features['registry-only']).toBe(true);
  expect(describePlan(plan)).toMatch(/registry-only, 1 cluster/);
  expect(
    describePlan(makePlan(readTopology('single'), readEnvironment('public'), { runId: 'aaaaaaaaaa' })),
  ).not.toContain('registry-only');
});

test('a run of an earlier version, which knows no setting of the mesh, has none of them', () => {
  const { 'registry-only': _, 'strict-mtls': __, ...old } = of('single');
  expect(missingFeature('not strict-mtls', old as Features)).toBeUndefined();
  expect(missingFeature('strict-mtls', old as Features)).toBe('needs strict-mtls: the mesh accepts plain text');
});

test.each([
  ['single', [undefined]],
  ['flat-multi-primary', [undefined, undefined]],
  ['flat-primary-remote', [{ services: false, istiod: true }, undefined]],
  [
    'multi-network-primary-remote',
    [
      { services: true, istiod: true },
      { services: true, istiod: false },
    ],
  ],
])('east-west gateways of %s', (name, expected) => {
  const { clusters } = readTopology(name);
  expect(clusters.map((c) => eastWestGateway(c, clusters))).toEqual(expected);
});
