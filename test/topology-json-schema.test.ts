import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { topologyJsonSchema } from '../src/topology/json-schema.js';

const file = 'schema/topology.schema.json';

// `npm run schema` sets UPDATE_SCHEMA: the test that finds the file stale is what writes it anew
test(`${file} is that of src/topology/topology-schema.ts (else: npm run schema)`, () => {
  if (process.env['UPDATE_SCHEMA']) writeFileSync(file, topologyJsonSchema());
  expect(readFileSync(file, 'utf8')).toBe(topologyJsonSchema());
});

test('every key of the schema is described', () => {
  const schema = JSON.parse(topologyJsonSchema()) as JsonSchema;
  expect(undescribed(schema)).toEqual([]);
});

interface JsonSchema {
  properties?: Record<string, JsonSchema & { description?: string }>;
  items?: JsonSchema;
}

function undescribed(schema: JsonSchema): string[] {
  const inside = Object.entries(schema.properties ?? {}).flatMap(([key, value]) => [
    ...(value.description || value.properties ? [] : [key]),
    ...undescribed(value),
  ]);
  return [...inside, ...(schema.items ? undescribed(schema.items) : [])];
}
