import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describePlan } from '../src/topology/describe.js';
import { readEnvironment } from '../src/topology/environment.js';
import { readTopology } from '../src/topology/parse.js';
import { makePlan } from '../src/topology/plan.js';

const topologies = readdirSync('topologies').map((file) => file.replace('.yaml', ''));
const runId = 'abcde12345';

describe.each(['lab', 'public'])('environment %s', (environment) => {
  test.each(topologies)('plans %s', (name) => {
    const plan = makePlan(readTopology(name), readEnvironment(environment), { runId });
    expect(plan.topology).toBe(name);
    expect(plan.istio.version).toBe('1.31.0');
    expect(JSON.stringify({ ...plan, environment: { ...plan.environment, images: {}, istioTag: '' } })).not.toContain(
      '{istio}',
    );
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(describePlan(plan)).not.toMatch(/undefined|\[object| $/m);
  });
});
