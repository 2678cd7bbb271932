import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readEnvironment } from '../src/supply/read-environment.js';
import { environmentSchema } from '../src/supply/environment-schema.js';
import { parseTopology } from '../src/topology/parse-topology.js';
import { makePlan } from '../src/plan/make-plan.js';
import { topologySchema } from '../src/topology/topology-schema.js';
import { imageRoles } from '../src/topology/environment-types.js';

const topologies = readFileSync('docs/topologies.md', 'utf8');
const environments = readFileSync('docs/environments.md', 'utf8');
const examples = [...topologies.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1]!);

test.each(examples)('an example of docs/topologies.md parses and plans: %#', (text) => {
  const topology = parseTopology(text, 'example.yaml');
  for (const environment of ['lab', 'public']) {
    expect(makePlan(topology, readEnvironment(environment), { runId: 'abcde12345' }).clusters.length).toBeGreaterThan(
      0,
    );
  }
});

test('every key of a topology stands in its page', () => {
  const { istio, clusters } = topologySchema.shape;
  const keys = [topologySchema.shape, istio.unwrap().shape, clusters.element.shape].flatMap((shape) =>
    Object.keys(shape),
  );
  expect(keys.filter((key) => !topologies.includes(`\`${key}\``))).toEqual([]);
});

test('every field and role of an environment stands in its page', () => {
  const words = [...Object.keys(environmentSchema.shape), ...imageRoles];
  expect(words.filter((word) => !environments.includes(`\`${word}\``))).toEqual([]);
});
