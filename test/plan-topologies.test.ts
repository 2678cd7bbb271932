import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describePlan } from '../src/cli/describe-plan.js';
import { readEnvironment } from '../src/supply/read-environment.js';
import { readTopology } from '../src/topology/parse-topology.js';
import { makePlan } from '../src/plan/make-plan.js';

const topologies = readdirSync('topologies').map((file) => file.replace('.yaml', ''));
const runId = 'abcde12345';

describe.each([
  ['lab', { newest: '1.31.0', previous: '1.30.4' }],
  ['public', { newest: '1.31.1', previous: '1.30.5' }],
] as const)('environment %s', (environment, versions) => {
  test.each(topologies)('plans %s', (name) => {
    const topology = readTopology(name);
    const plan = makePlan(topology, readEnvironment(environment), { runId });
    expect(plan.topology).toBe(name);
    expect(plan.istio.version).toBe(versions[topology.istio.version as 'newest'] ?? topology.istio.version);
    expect(JSON.stringify({ ...plan, environment: { ...plan.environment, images: {}, istioTag: '' } })).not.toMatch(
      /\{(istio|kubernetes)\}/,
    );
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(describePlan(plan)).not.toMatch(/undefined|\[object| $/m);
  });
});
