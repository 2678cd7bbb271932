import { expect, test } from 'vitest';
import { planImages } from '../src/supply/plan-images.js';
import { readEnvironment } from '../src/supply/read-environment.js';
import { parseTopology } from '../src/topology/parse-topology.js';
import { makePlan } from '../src/plan/make-plan.js';

test('the images of every topology are looked for, not of the largest alone', () => {
  const plan = (name: string, ...versions: string[]) => {
    const clusters = versions.map((version, i) => `  - { name: c${i}, network: n${i}, helloworld: [${version}] }\n`);
    const topology = parseTopology(`description: x\nclusters:\n${clusters.join('')}`, `${name}.yaml`);
    return makePlan(topology, readEnvironment('public'), { runId: 'aaaaaaaaaa' });
  };
  const [larger, smaller] = [plan('larger', 'v1', 'v3'), plan('smaller', 'v2')];
  const v2 = smaller.images['helloworld-v2'];
  expect(planImages([larger])).not.toContain(v2);
  expect(planImages([larger, smaller])).toContain(v2);
});
