import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { recordSchema } from '../src/record/result.js';
import { sampleRecord } from './helpers/record.js';

const file = new URL('../schema/result.schema.json', import.meta.url);

test('schema/result.schema.json is current (UPDATE=1 rewrites it)', async () => {
  const schema = { ...z.toJSONSchema(recordSchema), title: 'meshproof result.json, schema version 1' };
  const text = `${JSON.stringify(schema, undefined, 2)}\n`;
  if (process.env.UPDATE === '1') await writeFile(file, text);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(schema);
});

test('the sample record is valid, also after a round trip', () => {
  const record = sampleRecord();
  expect(recordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
});
