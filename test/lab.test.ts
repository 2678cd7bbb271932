import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { committedChecksums } from '../src/supply/lab/lab-checksums.js';
import {
  buildsOf,
  compileSeconds,
  goPrograms,
  istioBuilds,
  istioPrograms,
  programsFor,
} from '../src/supply/lab/go-programs.js';
import { collectorSettings } from '../src/supply/lab/go-toolchain.js';
import { cacheFolder } from '../src/supply/lab/lab-home.js';
import { goModOf, istioVersion } from '../src/supply/lab/istio-build.js';
import { cniImage, istioImages, labImages, programsOf } from '../src/supply/lab/lab-images.js';
import { kubernetesGoMod, kubernetesRelease } from '../src/supply/lab/kubernetes-build.js';
import { estimate, minutes, originOf } from '../src/supply/lab/lab-programs.js';
import { readEnvironment } from '../src/supply/read-environment.js';
import { imageRoles } from '../src/topology/environment-types.js';
import { folder, useLabFolder } from './helpers/lab-folder.js';

useLabFolder();

describe('programs', () => {
  test('each one that is built by default has a committed checksum, and nothing else has', () => {
    const usual = goPrograms.filter(({ optional }) => !optional).map(({ name }) => name);
    expect([...committedChecksums().keys()].sort()).toEqual(usual.sort());
    for (const sum of [...committedChecksums().values()].flat()) expect(sum).toMatch(/^[0-9a-f]{64}$/);
  });

  test('come from the folder of the lab, else from the cache, else from source', () => {
    mkdirSync(path.join(folder, 'home/programs'), { recursive: true });
    writeFileSync(path.join(folder, 'home/programs/etcd'), '');
    writeFileSync(path.join(folder, 'coredns.xz'), '');
    expect(['etcd', 'coredns', 'kubernetes'].map((name) => originOf(name, folder))).toEqual([
      'present',
      'cache',
      'source',
    ]);
    const of = (name: string) => goPrograms.filter((program) => program.name === name);
    expect(estimate(of('etcd'), folder)).toBe(0);
    expect(estimate(of('coredns'), folder)).toBeLessThan(5);
    expect(estimate(of('kubernetes'), folder)).toBe(of('kubernetes')[0]!.seconds);
  });

  test('a program that is compiled alone also compiles what it shares with Kubernetes', () => {
    const of = (...names: string[]) => goPrograms.filter(({ name }) => names.includes(name));
    const metallb = ['metallb-controller', 'metallb-speaker'];
    expect(compileSeconds(of(...metallb))).toBeGreaterThan(2 * (65 + 20));
    const together = compileSeconds(of(...metallb, 'kubernetes'));
    expect(together - compileSeconds(of('kubernetes'))).toBe(65 + 20);
  });

  test('a checksum that comes first is that of a build; further ones are of earlier builds', () => {
    const file = path.join(folder, 'SHA256SUMS');
    writeFileSync(file, 'aa  etcd\nbb  coredns\ncc  etcd\n');
    expect(committedChecksums(file)).toEqual(
      new Map([
        ['etcd', ['aa', 'cc']],
        ['coredns', ['bb']],
      ]),
    );
  });

  test('of the versions of Istio that are asked for, and no other, are those of a lab', () => {
    const names = (versions: string[]) => programsFor(versions).map(({ name }) => name);
    expect(names(['1.31.0'])).toEqual(expect.arrayContaining(['kubernetes', 'istio-1.31.0-istioctl', 'echo-server']));
    expect(names(['1.31.0']).filter((name) => /1\.30|helm/.test(name))).toEqual([]);
    expect(names(['1.30.4', '1.31.0'])).toHaveLength(names(['1.31.0']).length + 3);
  });

  test('of one module with the same flags are one build', () => {
    const builds = buildsOf(programsFor(['1.31.0'])).map((build) => build.map(({ name }) => name));
    expect(builds[0]).toEqual(['go-httpbin']);
    expect(builds).toContainEqual(['pilot-discovery', 'istioctl', 'pilot-agent'].map((name) => `istio-1.31.0-${name}`));
    expect(builds).toContainEqual(['metallb-controller', 'metallb-speaker']);
  });

  test('are compiled within three quarters of the free memory', () => {
    const gib = 1024 ** 3;
    expect(collectorSettings(16 * gib, 2)).toEqual({ GOGC: 'off', GOMEMLIMIT: '3072MiB' });
    expect(collectorSettings(0.5 * gib, 8)).toEqual({ GOGC: 'off', GOMEMLIMIT: '256MiB' });
  });

  test('the cache is what the variable says; empty means none', () => {
    vi.stubEnv('MESHPROOF_LAB_CACHE', folder);
    expect(cacheFolder()).toBe(folder);
    vi.stubEnv('MESHPROOF_LAB_CACHE', '');
    expect(cacheFolder()).toBeUndefined();
  });

  test('of an Istio carry its version and commit', () => {
    const [discovery] = istioPrograms({ version: '1.32.0-abc', moduleVersion: 'v0.0.0-20260901000000-0123456789ab' });
    expect(discovery).toMatchObject({
      name: 'istio-1.32.0-abc-pilot-discovery',
      variables: {
        'istio.io/istio/pkg/version.buildVersion': '1.32.0-abc-lab',
        'istio.io/istio/pkg/version.buildGitRevision': '0123456789ab',
      },
    });
  });

  test('durations as a person says them', () => {
    expect([0, 45, 89.2, 91, 1320].map(minutes)).toEqual(['0 s', '45 s', '90 s', '2 min', '22 min']);
  });
});

describe('another commit of Istio', () => {
  test('is called by the release that it works towards', () => {
    expect(istioVersion('1.32', 'v0.0.0-20260901000000-0123456789ab')).toBe('1.32.0-0123456789ab');
    expect(istioVersion('1.31.2', 'v0.0.0-20260901000000-0123456789ab')).toBe('1.31.2-0123456789ab');
  });

  test('is built with the versions of its own go.mod', () => {
    const own = 'module istio.io/istio\n\ngo 1.26.0\n\nrequire k8s.io/api v0.36.1\n\nreplace a => b v1\n';
    expect(goModOf(own, 'lab/istio-x', 'v0.0.0-1-a')).toBe(
      'module lab/istio-x\n\ngo 1.26.0\n\nrequire k8s.io/api v0.36.1\n\nreplace a => b v1\n\nrequire istio.io/istio v0.0.0-1-a\n',
    );
  });
});

describe('another Kubernetes', () => {
  test('is a release: the parts of other commits are not published as modules', () => {
    expect(kubernetesRelease('v1.36.3')).toBe('1.36.3');
    expect(kubernetesRelease('v1.37.0-rc.0')).toBe('1.37.0-rc.0');
    expect(() => kubernetesRelease('v1.37.0-alpha.0.0.20260901000000-0123456789ab')).toThrow('is not a release');
  });

  test('is built with the versions of its own go.mod, and with the published modules of its own parts', () => {
    const own =
      'module k8s.io/kubernetes\n\nrequire k8s.io/api v0.0.0\n\nreplace (\n\tk8s.io/api => ./staging/src/k8s.io/api\n)\n';
    expect(kubernetesGoMod(own, 'lab/kubernetes-1.36.3', '1.36.3')).toBe(
      'module lab/kubernetes-1.36.3\n\nrequire k8s.io/api v0.0.0\n\nreplace (\n\tk8s.io/api => k8s.io/api v0.36.3\n)\n\nrequire k8s.io/kubernetes v1.36.3\n',
    );
  });
});

describe('images', () => {
  test('every image of the environment is one that the lab builds', () => {
    const { images } = readEnvironment('lab');
    const istio = istioBuilds.flatMap((build) => [...istioImages(build), cniImage(build)]);
    const built = new Set([...labImages, ...istio].map(({ name }) => name));
    for (const role of imageRoles.filter((name) => name !== 'kind-node')) {
      for (const version of ['1.30.4', '1.31.0']) expect(built).toContain(images[role]!.replace('{istio}', version));
    }
  });

  test('name the programs that they are made of', () => {
    const proxy = istioImages(istioBuilds[0]!).filter(({ name }) => name.endsWith('proxyv2:1.30.4-lab'));
    expect(programsOf(proxy).map(({ name }) => name)).toEqual(['istio-1.30.4-pilot-agent']);
    const all = programsOf(labImages).map(({ name }) => name);
    expect(all).toContain('echo-server');
    expect(all).not.toContain('kubernetes');
  });
});
