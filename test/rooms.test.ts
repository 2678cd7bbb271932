import path from 'node:path';
import { expect, test } from 'vitest';

type Imports = Map<string, string[]>;

interface Rooms {
  rooms: string[];
  publicFile: string;
  roomOf(file: string): string | undefined;
  readImports(folder: string): Imports;
  importsOf(file: string, text: string): string[];
  wrongWays(imports: Imports): string[];
  circles(imports: Imports): string[][];
}

const { publicFile, roomOf, readImports, importsOf, wrongWays, circles } = (await import(
  new URL('../scripts/rooms.mjs', import.meta.url).href
)) as Rooms;

const imports = readImports(path.join(import.meta.dirname, '..', 'src'));

test('every file of src/ is in a room, and imports from rooms above its own alone, types included', () => {
  expect(imports.size).toBeGreaterThan(200);
  expect([...imports.keys()].filter((file) => roomOf(file) === undefined)).toEqual([publicFile]);
  expect(wrongWays(imports)).toEqual([]);
});

test('every import of src/ leads to a file', () => {
  const missing = [...imports].flatMap(([file, targets]) =>
    targets
      .filter((target) => !imports.has(target) && !(file === publicFile && target === '../fixtures/index.ts'))
      .map((target) => `${file} -> ${target}`),
  );
  expect(missing).toEqual([]);
});

test('no files of src/ import each other in a circle', () => expect(circles(imports)).toEqual([]));

test('no two files of src/ have one name', () => {
  const names = [...imports.keys()].map((file) => path.basename(file));
  expect(names.filter((name, i) => names.indexOf(name) < i)).toEqual([]);
});

test('imports of every form are seen', () => {
  const text = `import { a } from './a.js';
import type {
  B,
  C,
} from '../topology/b.js';
import './c.js';
export { d } from './deep/d.js';
export type { E } from '../kernel/e.js';
const f = await import('../mesh/f.js');
type G = import('../kube/g.js').G;
import path from 'node:path';
const text = "no import of './h.js'";
`;
  expect(importsOf('probe/x.ts', text)).toEqual([
    'probe/a.ts',
    'topology/b.ts',
    'probe/c.ts',
    'probe/deep/d.ts',
    'kernel/e.ts',
    'mesh/f.ts',
    'kube/g.ts',
  ]);
});

test('wrong ways and circles are found', () => {
  const wrong: Imports = new Map([
    ['supply/a.ts', ['supply/lab/b.ts', 'kernel/c.ts']],
    ['supply/lab/b.ts', ['supply/a.ts']],
    ['kernel/c.ts', ['kernel/d.ts']],
    ['kernel/d.ts', ['kernel/e.ts']],
    ['kernel/e.ts', ['kernel/c.ts', 'kernel/f.ts']],
    ['kernel/f.ts', []],
  ]);
  expect(wrongWays(wrong)).toEqual(['supply/a.ts -> supply/lab/b.ts']);
  expect(circles(wrong)).toEqual([
    ['kernel/c.ts', 'kernel/d.ts', 'kernel/e.ts'],
    ['supply/a.ts', 'supply/lab/b.ts'],
  ]);
});
