import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { addProgram } from '../src/supply/program-cache.js';
import { resolveProgram } from '../src/supply/programs.js';
import type { Environment } from '../src/topology/environment-types.js';
import { environment, failure, folder, kind, program, sha256, useProgramFolder } from './helpers/program-folder.js';

useProgramFolder();

test('an override comes first, and must be executable', async () => {
  program('kind', kind);
  vi.stubEnv('MESHPROOF_KIND', program('mine', kind));
  expect((await resolveProgram('kind', environment())).path).toBe(path.join(folder, 'bin/mine'));
  vi.stubEnv('MESHPROOF_KIND', '/nowhere/kind');
  const { code, text } = await failure(resolveProgram('kind', environment()));
  expect(code).toBe(3);
  expect(text).toContain('MESHPROOF_KIND points to /nowhere/kind, which is not an executable file');
});

test('kubectl and docker, which others run by name, cannot be files of another name', async () => {
  vi.stubEnv('MESHPROOF_KUBECTL', program('kubectl-1.34', kind));
  const { code, text } = await failure(resolveProgram('kubectl', environment()));
  expect(code).toBe(3);
  expect(text).toMatch(/MESHPROOF_KUBECTL points to \S+kubectl-1\.34, but the file must be called kubectl/);
  vi.stubEnv('MESHPROOF_KUBECTL', program('kubectl', kind));
  expect(await resolveProgram('kubectl', environment())).toMatchObject({ given: true });
});

test('the istioctl that the user names is the one, whatever else there is', async () => {
  program('istioctl-1.31.0', '#!/bin/sh\n');
  const mine = program('mine', '#!/bin/sh\n');
  const named = environment();
  named.programs.istioctl.path = mine;
  expect((await resolveProgram('istioctl', named)).path).toBe(mine);
  named.programs.istioctl.path = '/nowhere/istioctl';
  const { code, text } = await failure(resolveProgram('istioctl', named));
  expect([code, text]).toEqual([3, expect.stringContaining('--istioctl points to /nowhere/istioctl, which is not')]);
});

describe('kubectl works with API servers one minor older or newer', () => {
  const says = (version: string): string =>
    `#!/bin/sh\necho Client Version: v${version}\necho Kustomize Version: v5.7.1\n`;
  const kubectl = (): Environment => {
    const programs = { ...environment().programs, kubectl: { version: '1.36.4' } };
    return { programs, istioVersions: [] as string[] } as Environment;
  };

  test.each(['1.35.8', '1.36.0', '1.37.2'])('%s on PATH is taken for 1.36.4', async (version) => {
    const file = program('kubectl', says(version));
    expect(await resolveProgram('kubectl', kubectl(), { kubernetes: '1.36.4' })).toEqual({
      name: 'kubectl',
      path: file,
    });
  });

  test('another one is refused by name, and said what is needed', async () => {
    const file = program('kubectl', says('1.34.4'));
    const { code, text } = await failure(resolveProgram('kubectl', kubectl(), { kubernetes: '1.36.4' }));
    expect(code).toBe(3);
    expect(text).toContain(`PATH has only another version of kubectl: ${file} 1.34.4`);
    expect(text).toContain('expected: kubectl 1.36.4');
    // clusters that exist have a Kubernetes that no environment knows
    expect((await resolveProgram('kubectl', kubectl())).path).toBe(file);
  });

  test('a later one on PATH is found, and comes before the one that does not fit', async () => {
    program('kubectl', says('1.34.4'));
    const other = path.join(folder, 'other');
    mkdirSync(other);
    writeFileSync(path.join(other, 'kubectl'), says('1.36.1'), { mode: 0o755 });
    vi.stubEnv('PATH', `${path.join(folder, 'bin')}:${other}`);
    const found = await resolveProgram('kubectl', kubectl(), { kubernetes: '1.36.4' });
    expect(found).toEqual({ name: 'kubectl', path: path.join(other, 'kubectl'), given: true });
  });

  test('so does one of the cache', async () => {
    program('kubectl', says('1.34.4'));
    const file = path.join(folder, 'loaded');
    writeFileSync(file, 'loaded');
    const source = { version: '1.36.4' };
    const { path: kept } = await addProgram('kubectl', source, { file, packed: false });
    expect(kept).toBe(path.join(folder, 'cache/meshproof/programs/kubectl-1.36.4', sha256('loaded'), 'kubectl'));
    const found = await resolveProgram('kubectl', kubectl(), { kubernetes: '1.36.4' });
    expect(found).toEqual({ name: 'kubectl', path: kept, given: true });
  });
});

test.each([
  ['0.33.0', undefined],
  ['0.33.1', /^kind 0\.33\.1 \(.*\) is used; 0\.33\.0 is the version tested$/],
  ['0.40.0', /0\.40\.0/],
])('kind %s on PATH is accepted', async (version, note) => {
  const file = program('kind', `#!/bin/sh\necho kind v${version} go1.27 linux/amd64\n`);
  const found = await resolveProgram('kind', environment());
  expect(found.path).toBe(file);
  if (note) expect(found.note).toMatch(note);
  else expect(found.note).toBeUndefined();
});

test('an older kind is refused by name, with where to get the right one', async () => {
  program('kind', '#!/bin/sh\necho kind v0.20.0 go1.20 linux/amd64\n');
  const { code, text } = await failure(resolveProgram('kind', environment()));
  expect(code).toBe(3);
  expect(text).toMatch(/PATH has only another version of kind: .*bin\/kind 0\.20\.0/);
  expect(text).toContain('install kind 0.33.0 from https://kind.sigs.k8s.io/');
});

test('istioctl: the one with the version in its name, else one that says so, suffixes aside', async () => {
  const plain = program('istioctl', '#!/bin/sh\necho client version: 1.31.0-lab\n');
  expect((await resolveProgram('istioctl', environment())).path).toBe(plain);
  const named = program('istioctl-1.31.0', '#!/bin/sh\n');
  expect((await resolveProgram('istioctl', environment())).path).toBe(named);
  const { text } = await failure(resolveProgram('istioctl', environment(), { istioVersion: '1.30.4' }));
  expect(text).toContain('istioctl 1.31.0-lab');
  expect(text).toContain('expected: istioctl 1.30.4');
});

test('not there and nowhere to get it', async () => {
  const { code, text } = await failure(resolveProgram('kind', environment()));
  expect(code).toBe(3);
  expect(text).toContain('kind is not installed or not on PATH');
});
