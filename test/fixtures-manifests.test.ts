import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { ours } from '../fixtures/apply.js';

const suites = path.join(import.meta.dirname, '..', 'suites');
const files = readdirSync(suites, { recursive: true, encoding: 'utf8' });
const specs = files.filter((file) => file.endsWith('.spec.ts'));
const manifests = files.filter((file) => file.endsWith('.yaml'));

test.each(manifests)('%s belongs to a spec, and every object says that it is ours', (file) => {
  expect(existsSync(path.join(suites, file.replace(/\.yaml$/, '.spec.ts')))).toBe(true);
  for (const document of parseAllDocuments(readFileSync(path.join(suites, file), 'utf8'))) {
    expect(document.errors).toEqual([]);
    const object = document.toJS() as { metadata: { labels?: Record<string, string> } };
    expect(object.metadata.labels).toMatchObject({ [ours.key]: ours.value });
  }
});

test.each(specs)('%s holds one behaviour under a unique id', (file) => {
  const text = readFileSync(path.join(suites, file), 'utf8');
  expect(text.match(/^behaviour\(/gm)).toHaveLength(1);
  expect(specs.filter((other) => path.basename(other) === path.basename(file))).toEqual([file]);
  expect(path.basename(file)).toMatch(/^[A-Z]+-\d+\.spec\.ts$/);
});
