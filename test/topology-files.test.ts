import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseTopology, readTopology } from '../src/topology/parse-topology.js';
import { problemsOf } from './helpers/problems.js';

describe('files that are refused before they are parsed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'meshproof-test-'));
  const messages = (content: string | Buffer): string[] => {
    const file = join(folder, 'a.yaml');
    writeFileSync(file, content);
    return problemsOf(() => readTopology(file)).map((p) => `${p.line}:${p.column} ${p.message}`);
  };
  /** Milliseconds; far above what any of these takes, also on a busy machine. */
  const quick = 8000;

  test('10 MB', () => expect(messages('a: 1\n'.repeat(2_097_152))).toEqual(['1:1 the file has 10485760 bytes']), quick);
  test('binary', () =>
    expect(messages(Buffer.from([0x64, 0x3a, 0x20, 0, 1, 2]))).toEqual(['1:1 this is not text: byte 4 is NUL']));
  test('bytes that are no UTF-8', () =>
    expect(messages(Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe]))).toEqual(['1:1 this is not text']));
  test('a device', () =>
    expect(problemsOf(() => readTopology('/dev/zero'))[0]?.message).toBe('this is not a regular file'));
  test('deep nesting', () => expect(messages('['.repeat(20_000)).length).toBeGreaterThan(0), quick);

  test(
    'as many unknown keys as the limit allows',
    () => {
      const text = Array.from({ length: 10_000 }, (_, i) => `key${i}: 1`).join('\n');
      expect(messages(text)).toHaveLength(50);
    },
    quick,
  );

  test('the file limit holds for text as well', () => {
    expect(problemsOf(() => parseTopology(`description: ${'x'.repeat(128 * 1024)}`, 'a.yaml'))[0]?.message).toBe(
      'the file has more than 131072 bytes',
    );
  });
});

describe('files that are not there', () => {
  test('the nearest one of that folder is named', () => {
    const [problem] = problemsOf(() => readTopology('topologies/mixd.yaml'));
    expect(problem).toMatchObject({ message: 'the file does not exist', suggestion: join('topologies', 'mixed.yaml') });
  });

  test('a bare word is a file of topologies/', () => {
    const [problem] = problemsOf(() => readTopology('three-region'));
    expect(problem).toMatchObject({
      file: join('topologies', 'three-region.yaml'),
      suggestion: join('topologies', 'three-regions.yaml'),
    });
  });

  test('a folder that is not there either', () => {
    expect(problemsOf(() => readTopology('nowhere/a.yaml'))).toEqual([
      { file: 'nowhere/a.yaml', line: 1, column: 1, message: 'the file does not exist' },
    ]);
  });

  test('a directory', () => {
    expect(problemsOf(() => readTopology('topologies/'))[0]?.message).toBe('this is a directory');
  });
});
