import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hashOf } from '../src/supply/lab/lab-definition.js';
import { definitions } from '../src/supply/lab/lab-home.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'definition-'));
  for (const part of ['images', 'SHA256SUMS'])
    cpSync(path.join(definitions, part), path.join(root, part), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const node = { folders: ['node', 'coredns'], programs: ['coredns'], args: { version: '1.34.4' } };

test('the hash of a definition is the same for the same files, programs and arguments', async () => {
  expect(await hashOf(node, root)).toBe(await hashOf(node));
});

test.each([
  ['a file of one of its folders', () => writeFileSync(path.join(root, 'images/coredns/Dockerfile'), 'FROM scratch')],
  ['a file that is new there', () => writeFileSync(path.join(root, 'images/node/new'), '')],
  ['the checksum of one of its programs', () => writeFileSync(path.join(root, 'SHA256SUMS'), 'abc  coredns\n')],
])('it changes with %s', async (_, change) => {
  const before = await hashOf(node, root);
  change();
  expect(await hashOf(node, root)).not.toBe(before);
});

test('it changes with an argument, and not with what another image is made of', async () => {
  const before = await hashOf(node, root);
  writeFileSync(path.join(root, 'images/curl/Dockerfile'), 'FROM scratch');
  expect(await hashOf(node, root)).toBe(before);
  expect(await hashOf({ ...node, args: { version: '1.34.5' } }, root)).not.toBe(before);
});
