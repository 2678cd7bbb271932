import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { archive } from '../src/record/write-views.js';
import { readBehaviours, readRecord, writeRecord } from '../src/record/result-files.js';
import { everyState, sampleRecord } from './helpers/record.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'meshproof-record-'));
});
afterEach(() => rm(dir, { recursive: true }));

test('a record is written whole and read back', async () => {
  const record = sampleRecord([everyState()]);
  await writeRecord(dir, record);
  expect(await readRecord(dir)).toEqual(record);
  expect(await readdir(dir)).toEqual(['result.json']);
  await expect(writeRecord(dir, { ...record, schemaVersion: 2 } as never)).rejects.toThrow(/schemaVersion/);
  expect(await readRecord(dir)).toEqual(record);
});

test.each([
  ['nothing', undefined, /cannot be read/],
  ['half of it', '{"schemaVersion": 1,', /not JSON/],
  ['another version', '{"schemaVersion": 9}', /not a record/],
])('reading %s says what is wrong', async (_, content, message) => {
  if (content !== undefined) await writeFile(join(dir, 'result.json'), content);
  await expect(readRecord(dir)).rejects.toThrow(message);
});

test('a topology that never got to a behaviour has none', async () => {
  expect(await readBehaviours(dir, 'x')).toEqual([]);
});

test('an archive has every view, and what was known so far is gone', async () => {
  await writeFile(join(dir, 'behaviours-multi-network-multi-primary.json'), '[]');
  await archive(dir, sampleRecord([everyState()]), {
    warn: (message) => expect.unreachable(message),
  });
  expect((await readdir(dir)).sort()).toEqual([
    'bundle.tar.gz',
    'conformance.yaml',
    'index.html',
    'junit.xml',
    'result.json',
    'summary.txt',
    'timings.svg',
  ]);
  expect(await readFile(join(dir, 'index.html'), 'utf8')).toContain('href="junit.xml"');
});
