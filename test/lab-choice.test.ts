import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { agree } from '../src/cli/agree.js';
import { labUpCommand } from '../src/cli/lab-commands.js';
import { chooseEnvironment } from '../src/engine/choose-environment.js';
import type { GlobalOptions } from '../src/cli/global-options.js';
import type { ProgressDisplay } from '../src/cli/progress-display.js';
import { isDebian } from '../src/supply/lab/debian.js';
import { otherDocker } from '../src/supply/lab/other-docker.js';
import { exitCode } from '../src/kernel/errors.js';
import type { Topology } from '../src/topology/topology-types.js';

const options = { output: 'text', color: false } as GlobalOptions;
const kind = [{ provider: 'kind' }, { provider: 'existing' }] as Topology[];
const existing = [{ provider: 'existing' }] as Topology[];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lab-choice-'));
  mkdirSync(path.join(folder, 'bin'));
  for (const name of ['DOCKER_HOST', 'DOCKER_CONTEXT', 'MESHPROOF_ENVIRONMENT', 'CI']) vi.stubEnv(name, '');
  vi.stubEnv('PATH', path.join(folder, 'bin'));
  vi.stubEnv('DOCKER_CONFIG', folder);
  vi.stubEnv('MESHPROOF_LAB_HOME', path.join(folder, 'lab'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const nothing = (): boolean => false;
const useContext = (name: string): void =>
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify({ currentContext: name }));

test.each([
  ['debian', true],
  ['"debian"', true],
  ['ubuntu\nID_LIKE=debian', false],
  ['raspbian', false],
])('ID=%s is Debian: %s', (id, expected) => {
  const file = path.join(folder, 'os-release');
  writeFileSync(file, `PRETTY_NAME="x"\nVERSION_ID="12"\nID=${id}\n`);
  expect(isDebian(file)).toBe(expected);
  expect(isDebian(path.join(folder, 'none'))).toBe(false);
});

test('CI=true is no consent, --yes is', async () => {
  vi.stubEnv('CI', 'true');
  const asked = await agree('the lab will', ['change this machine'], {}).catch((error: unknown) => error);
  expect(asked).toMatchObject({ code: exitCode.usage, remedy: 'to agree, add --yes' });
  await agree('the lab will', ['change this machine'], { yes: true });
});

test('the docker program alone is no Docker; a daemon, a context and a socket are', () => {
  writeFileSync(path.join(folder, 'bin/docker'), '');
  expect(otherDocker(nothing)).toBeUndefined();
  expect(otherDocker((file) => file === '/usr/bin/dockerd')).toBe('/usr/bin/dockerd is installed');
  expect(otherDocker((file) => file === '/var/run/docker.sock')).toBe('a socket exists: /var/run/docker.sock');
  useContext('default');
  expect(otherDocker(nothing)).toBeUndefined();
  useContext('colima');
  expect(otherDocker(nothing)).toBe("Docker's context is colima");
  vi.stubEnv('DOCKER_CONTEXT', 'desktop-linux');
  expect(otherDocker(nothing)).toBe("Docker's context is desktop-linux");
});

test("the lab's own daemon, and the socket that it may have left, are no other Docker", () => {
  const bin = path.join(folder, 'lab/bin');
  mkdirSync(bin, { recursive: true });
  for (const name of ['kind', 'dockerd']) writeFileSync(path.join(bin, name), '');
  vi.stubEnv('PATH', `${path.join(folder, 'bin')}:${bin}`);
  const seen = (file: string): boolean => file === path.join(bin, 'dockerd') || file === '/var/run/docker.sock';
  expect(otherDocker(seen)).toBeUndefined();
});

test('a run on existing clusters needs no lab; a Docker that does not answer is not replaced by it', async () => {
  expect((await chooseEnvironment(options, existing)).why).toBe('the clusters exist already and need no Docker');
  vi.stubEnv('DOCKER_HOST', 'unix:///nowhere/docker.sock');
  expect(await chooseEnvironment(options, kind)).toEqual({
    name: 'public',
    why: 'DOCKER_HOST is unix:///nowhere/docker.sock, but does not answer',
  });
  vi.stubEnv('DOCKER_HOST', '');
  useContext('colima');
  expect(await chooseEnvironment(options, kind)).toEqual({
    name: 'public',
    why: "Docker's context is colima, but does not answer",
  });
});

test('lab up does not start a Docker beside one that does not work', async () => {
  useContext('colima');
  const error = await labUpCommand({ yes: true }, {} as ProgressDisplay).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: exitCode.preflight,
    where: "Docker's context is colima",
    message: expect.stringContaining('Docker on this machine does not work') as string,
  });
});
