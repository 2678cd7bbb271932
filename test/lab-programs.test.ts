import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execaSync } from 'execa';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { GoProgram } from '../src/supply/lab/go-programs.js';
import { committedChecksums } from '../src/supply/lab/lab-checksums.js';
import { programFile, providePrograms } from '../src/supply/lab/lab-programs.js';

vi.mock('../src/supply/lab/lab-checksums.js');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'programs-'));
  mkdirSync(path.join(folder, 'bin'));
  mkdirSync(path.join(folder, 'cache'));
  // stands for Go: what it "compiles" is the word `built`, and it notes when it begins and ends
  const go = path.join(folder, 'bin/go');
  writeFileSync(
    go,
    `#!/bin/sh
case $1 in version) echo go version go1.26.8 linux/amd64 ;; build)
  while [ "$1" != -o ]; do shift; done; output=$2; shift 2
  echo "begin $*" >>${folder}/log
  case $output in
    */) for package; do printf built >"$output\${package##*/}"; done ;;
    *) printf built >"$output" ;;
  esac
  # each of two builds ends only when the one beside it has begun
  [ "$1" != example.org/a ] || until grep -q 'begin example.org/b' ${folder}/log; do sleep 0.05; done
  [ "$1" != example.org/b ] || until grep -q 'begin example.org/a' ${folder}/log; do sleep 0.05; done
  [ "$1" != example.org/first ] || sleep 0.5
  echo "end $*" >>${folder}/log ;;
esac
`,
  );
  chmodSync(go, 0o755);
  vi.stubEnv('PATH', `${folder}/bin:${process.env['PATH']}`);
  vi.stubEnv('MESHPROOF_LAB_HOME', path.join(folder, 'home'));
  vi.stubEnv('MESHPROOF_LAB_CACHE', '');
  vi.mocked(committedChecksums).mockReturnValue(new Map());
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const sum = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A program whose package has its own name. */
function program(name: string, more: Partial<GoProgram> = {}): GoProgram {
  return { name, module: path.join(folder, 'bin'), package: `example.org/${name}`, seconds: 1, ...more };
}

/** Provides programs; returns what was noted, and what Go was asked to build, in that order. */
async function provide(...programs: GoProgram[]): Promise<{ notes: string[]; log: string[] }> {
  const notes: string[] = [];
  const steps = {
    step: <T>(_: string, __: object, work: () => Promise<T>) => work(),
    note: (text: string) => void notes.push(text),
  };
  await providePrograms(programs, steps);
  const log = readdirSync(folder).includes('log')
    ? readFileSync(path.join(folder, 'log'), 'utf8').trim().split('\n')
    : [];
  return { notes, log };
}

/** Puts a program into the cache. */
function cached(name: string, text: string): void {
  vi.stubEnv('MESHPROOF_LAB_CACHE', path.join(folder, 'cache'));
  const { stdout } = execaSync('xz', ['-c'], { input: text, encoding: 'buffer' });
  writeFileSync(path.join(folder, 'cache', `${name}.xz`), stdout);
}

const content = (name: string): string => readFileSync(programFile(name), 'utf8');

test('a cached program may be of an earlier build of the same sources; nothing is compiled then', async () => {
  vi.mocked(committedChecksums).mockReturnValue(new Map([['etcd', [sum('built'), sum('earlier')]]]));
  cached('etcd', 'earlier');
  expect(await provide(program('etcd'))).toEqual({ notes: [], log: [] });
  expect(content('etcd')).toBe('earlier');
});

test('a cached program of other sources is said in one line, and built', async () => {
  vi.mocked(committedChecksums).mockReturnValue(
    new Map([
      ['etcd', [sum('built'), sum('earlier')]],
      ['coredns', [sum('built')]],
    ]),
  );
  cached('etcd', 'changed');
  cached('coredns', 'changed');
  const { notes, log } = await provide(program('etcd'), program('coredns'));
  expect(notes).toEqual(['built from source, because the cached ones come from other sources: coredns, etcd']);
  expect(log.filter((line) => line.startsWith('begin'))).toHaveLength(1);
  expect([content('etcd'), content('coredns')]).toEqual(['built', 'built']);
});

test('a program that an earlier version of the project left is built again', async () => {
  vi.mocked(committedChecksums).mockReturnValue(new Map([['etcd', [sum('built')]]]));
  mkdirSync(path.join(folder, 'home/programs'), { recursive: true });
  writeFileSync(programFile('etcd'), 'old');
  await provide(program('etcd'));
  expect(content('etcd')).toBe('built');
});

test('what was just compiled is the first of its checksums, or it is refused', async () => {
  vi.mocked(committedChecksums).mockReturnValue(new Map([['etcd', [sum('today'), sum('built')]]]));
  await expect(provide(program('etcd'))).rejects.toThrow('the program etcd differs from the one that the lab uses');
  expect(readdirSync(path.join(folder, 'home/programs'))).toEqual([]);
});

test('what all share is built first and alone, then two builds at a time; programs of one module are one build', async () => {
  const { log } = await provide(
    program('first', { first: true, variables: { z: '' } }),
    program('a', { variables: { x: '' } }),
    program('b'),
    program('c', { variables: { y: '' } }),
    program('d'),
  );
  expect(log.slice(0, 2)).toEqual(['begin example.org/first', 'end example.org/first']);
  expect(log.slice(2, 4).sort()).toEqual(['begin example.org/a', 'begin example.org/b example.org/d']);
  expect(log[4]).toMatch(/^end/);
  expect(log.slice(2)).toHaveLength(6);
  expect(['first', 'a', 'b', 'c', 'd'].map(content)).toEqual(Array(5).fill('built'));
});
