import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readEnvironment } from '../src/topology/environment.js';
import { MeshproofError } from '../src/topology/errors.js';
import { parseTopology } from '../src/topology/parse.js';
import { makePlan } from '../src/topology/plan.js';

const files = ['topologies', 'test/bad-topologies'].flatMap((folder) =>
  readdirSync(folder).map((file) => readFileSync(`${folder}/${file}`, 'utf8')),
);
const pieces = [
  '\t',
  '\n',
  ' ',
  ':',
  '- ',
  '{',
  '}',
  '[',
  ']',
  '"',
  '*a',
  '&a ',
  '!!binary ',
  '? ',
  '|',
  '0',
  '-1',
  'null',
  '/',
  '.inf',
  '<<: ',
  '__proto__: ',
  'é',
  '#',
  '%',
];

test('damaged files give problems with a position, never another error', () => {
  const lab = readEnvironment('lab');
  let state = 42;
  const below = (n: number): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % n;
  let refused = 0;
  for (let i = 0; i < 600; i++) {
    let text = files[below(files.length)]!;
    for (let edits = 1 + below(3); edits > 0; edits--) {
      const at = below(text.length + 1);
      text = text.slice(0, at) + pieces[below(pieces.length)]! + text.slice(at + below(4));
    }
    try {
      makePlan(parseTopology(text, 'a.yaml'), lab, { runId: 'abcde12345' });
    } catch (error) {
      refused++;
      expect(error, text).toBeInstanceOf(MeshproofError);
      expect((error as MeshproofError).describe(), text).toMatch(/^a\.yaml:[1-9]\d*:[1-9]\d*: \S/);
    }
  }
  expect(refused).toBeGreaterThan(100);
});
