import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inScratchFolder } from '../src/run/scratch-folder.js';

let beside: string;
beforeEach(() => {
  beside = mkdtempSync(path.join(tmpdir(), 'meshproof-scratch-'));
});
afterEach(() => rmSync(beside, { recursive: true }));

const prefix = (): string => path.join(beside, 'images.tar.part-');
const make = (name: string, hours: number): void => {
  const folder = path.join(beside, name);
  mkdirSync(folder);
  const then = new Date(Date.now() - hours * 3600 * 1000);
  utimesSync(folder, then, then);
};

test('the folder is there during the work only, also when that fails', async () => {
  await inScratchFolder(prefix(), (folder) => Promise.resolve(expect(existsSync(folder)).toBe(true)));
  await expect(inScratchFolder(prefix(), () => Promise.reject(new Error('full')))).rejects.toThrow('full');
  expect(readdirSync(beside)).toEqual([]);
});

test('what a killed process left goes; a live process, a fresh folder and other names stay', async () => {
  const { pid: gone } = spawnSync('true');
  make(`images.tar.part-${gone}-aaaaaa`, 2);
  const stay = [`images.tar.part-${gone}-bbbbbb`, `images.tar.part-${process.pid}-cccccc`, 'images.tar.part-mine'];
  make(stay[0]!, 0.5);
  make(stay[1]!, 2);
  make(stay[2]!, 2);
  await inScratchFolder(prefix(), () => Promise.resolve());
  expect(readdirSync(beside).sort()).toEqual(stay.sort());
});
