import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failureText } from '../src/cli/failure-text.js';
import { ProblemsError } from '../src/kernel/errors.js';
import { parseTopology, readTopology } from '../src/topology/parse-topology.js';

/** What is wrong with a text, and how long it took to find out, in milliseconds. */
function refused(work: () => unknown): { error: ProblemsError; ms: number; lines: string[] } {
  const start = Date.now();
  try {
    work();
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    const lines = error.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
    return { error, ms: Date.now() - start, lines };
  }
  return expect.fail('it was accepted');
}
const parsed = (text: string) => refused(() => parseTopology(text, 'q.yaml'));

test.each([
  ['in block style', `${'? '.repeat(40)}\n`],
  ['in flow style', `${'{? '.repeat(40)}\n`],
  ['as lists', `? [[[a, b]]]\n: x\n`],
])('keys that are maps or lists are refused before they become text, %s', (_, text) => {
  const { lines, ms } = parsed(text);
  expect(lines).toContainEqual(expect.stringMatching(/^1:\d+ (a key is a list or a map|invalid YAML)/));
  expect(ms).toBeLessThan(1000);
});

test('no more problems are told than a person reads, and how many there are', () => {
  const { error } = parsed('- @\n'.repeat(30_000));
  expect(error.problems).toHaveLength(50);
  expect(error.count).toBeGreaterThan(10_000);
  expect(error.text().split('\n').at(-1)).toBe(`and ${error.count - 50} more problems`);
  expect(parsed('description: a\nclusters: [{ nam: x }]\n').error.text()).not.toContain('more problems');
});

test('every problem is within its line', () => {
  const text = '    network: network-\njust a sentence\n    network: network-';
  const length = text.split('\n').map((line) => line.length);
  for (const { line, column } of parsed(text).error.problems) expect(column).toBeLessThanOrEqual(length[line - 1]! + 1);
});

test('data that is nested too deeply for the parser is called that', () => {
  expect(parsed(`a: ${'['.repeat(60_000)}`).lines).toContainEqual(
    expect.stringContaining('the data is nested too deeply'),
  );
});

describe('control characters', () => {
  test.each([
    ['written as such', 'description: a\u001b[31mred\n', '1:15'],
    ['written as an escape', 'description: "\\e[31mred"\n', '1:14'],
    ['in a key', 'description: a\n"\\e[31m": b\n', '2:1'],
    ['of eight bits', 'description: a\u009b31mred\n', '1:15'],
    ['that turn the direction', 'description: a\u202ered\n', '1:15'],
    ['deep in settings', 'istio:\n  values: { a: [ "\\a" ] }\n', '2:18'],
  ])('%s are refused, and shown as they would be written', (_, text, where) => {
    const { lines, error } = parsed(text);
    expect(lines).toContain(`${where} a control character is not allowed here`);
    expect(failureText(error)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  test('of what a cluster says are shown as well', () => {
    expect(failureText(new Error('pod \u001b[31mfails\u0007\nas before'))).toBe(
      'meshproof: pod \\x1b[31mfails\\x07\nas before',
    );
    expect(failureText(new Error('pod \u001b[31mfails'), true)).not.toContain('\u001b');
  });

  test('tabs and line breaks of either kind are none', () => {
    const { lines } = parsed('description: "a\\tb"\r\nclusters: "x"\r\n');
    expect(lines.join()).not.toContain('control character');
  });
});

test('a number that is none is called what it is', () => {
  const [problem] = parsed('description: .nan\nclusters: [{ name: a }]\n').error.problems;
  expect(problem).toMatchObject({ read: 'NaN', allowed: 'text' });
});

describe('a symbolic link', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'meshproof-link-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('that leads nowhere is told, with where it leads', () => {
    symlinkSync('gone.yaml', path.join(folder, 'x.yaml'));
    const { error } = refused(() => readTopology(path.join(folder, 'x.yaml')));
    expect(error.problems).toMatchObject([
      { message: 'this is a symbolic link to a file that does not exist', read: 'gone.yaml' },
    ]);
    expect(error.text()).not.toContain('did you mean');
  });

  test('that leads to a file is as good as the file', () => {
    writeFileSync(path.join(folder, 'real.yaml'), 'description: One.\nclusters: [{ name: one }]\n');
    symlinkSync('real.yaml', path.join(folder, 'y.yaml'));
    expect(readTopology(path.join(folder, 'y.yaml')).name).toBe('y');
  });
});
