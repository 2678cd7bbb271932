import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readTopologies } from '../src/topology/read-topologies.js';
import { failureText } from '../src/cli/failure-text.js';
import { MeshproofError } from '../src/kernel/errors.js';

const folder = path.join(import.meta.dirname, 'bad-topologies');
const made = mkdtempSync(path.join(tmpdir(), 'meshproof-bad-'));
afterAll(() => rmSync(made, { recursive: true }));
const large = path.join(made, 'large.yaml');
writeFileSync(large, `description: x\n# ${'x'.repeat(10 * 1024 * 1024)}\n`);
const binary = path.join(made, 'binary.yaml');
writeFileSync(binary, Buffer.from([0, 255, 254, 1, 2, 137, 80, 78, 71]));

/** What a command prints for files, and the exit code. */
function said(...files: string[]): { text: string; code: number | undefined } {
  try {
    readTopologies(files);
    return { text: '', code: 0 };
  } catch (error) {
    return { text: failureText(error, false), code: error instanceof MeshproofError ? error.code : undefined };
  }
}

const files = [...readdirSync(folder).map((name) => path.join(folder, name)), large, binary];

test.each(files)('%s: exit 2, every problem with its place, no stack trace', (file) => {
  const { text, code } = said(file);
  expect(code).toBe(2);
  const [first, ...rest] = text.split('\n');
  expect(first).toMatch(/^meshproof: .+:\d+:\d+: /);
  // each further line is another place, or says more of the one before it
  for (const line of rest) expect(line).toMatch(/^(.+:\d+:\d+: |  (read|allowed|did you mean): )/);
  expect(text).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
});

test('of several files the problems of each are told, and a good one between them changes nothing', () => {
  const [one, other] = ['bad-cidrs', 'bad-istio'].map((name) => path.join(folder, `${name}.yaml`)) as [string, string];
  const { text, code } = said(one, 'single', other);
  expect(code).toBe(2);
  const alone = [one, other].map((file) => said(file).text);
  expect(text).toBe(`${alone[0]}\n${alone[1]!.replace('meshproof: ', '')}`);
});

test('a topology that is named twice', () => {
  expect(() => readTopologies(['single', 'topologies/single.yaml'])).toThrow('topology single appears 2 times');
});
