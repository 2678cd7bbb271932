import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { writeEnvironment } from '../src/supply/lab/lab-environment.js';
import { addProgramsToPath } from '../src/supply/lab/lab-home.js';
import { readEnvironment } from '../src/supply/read-environment.js';

const made: string[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
});

/** An empty folder for a lab, which goes with its test. */
function labHome(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'lab-added-'));
  made.push(folder);
  return folder;
}

test('an added Kubernetes is an environment of two lines: the lab with another version', async () => {
  vi.stubEnv('MESHPROOF_LAB_HOME', labHome());
  const file = await writeEnvironment('kubernetes-1.36.4', { kubernetes: '1.36.4' });
  expect(readFileSync(file, 'utf8')).toBe('extends: lab\nkubernetes: 1.36.4\n');
  const added = readEnvironment(file);
  expect(added).toMatchObject({ name: 'kubernetes-1.36.4', base: 'lab', programs: { kubectl: { version: '1.36.4' } } });
  expect(added.images['kind-node']).toBe('localhost/lab/kind-node:v1.36.4');
  expect(added.notes).toEqual(readEnvironment('lab').notes);
});

test('the kubectl of an added Kubernetes is on PATH, behind the lab’s own', () => {
  const home = labHome();
  mkdirSync(path.join(home, 'kubectl/1.36.4'), { recursive: true });
  vi.stubEnv('MESHPROOF_LAB_HOME', home);
  vi.stubEnv('PATH', '/usr/bin');
  addProgramsToPath();
  addProgramsToPath();
  expect(process.env['PATH']).toBe(`/usr/bin:${home}/bin:${home}/kubectl/1.36.4`);
});
