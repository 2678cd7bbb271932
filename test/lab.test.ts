import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { committedChecksums } from '../src/supply/lab/lab-checksums.js';
import { stopDocker } from '../src/supply/lab/lab-daemon.js';
import { removable } from '../src/supply/lab/debian.js';
import { buildsOf, goPrograms, istioBuilds, istioPrograms, programsFor } from '../src/supply/lab/go-programs.js';
import { collectorSettings } from '../src/supply/lab/go-toolchain.js';
import { cacheFolder } from '../src/supply/lab/lab-home.js';
import { goModOf, istioVersion } from '../src/supply/lab/istio-build.js';
import { istioImages, labImages, programsOf } from '../src/supply/lab/lab-images.js';
import { kubernetesGoMod, kubernetesRelease } from '../src/supply/lab/kubernetes-build.js';
import { dockerDaemons, undoRules } from '../src/supply/lab/lab-machine.js';
import { estimate, minutes, originOf } from '../src/supply/lab/lab-programs.js';
import { readEnvironment } from '../src/supply/read-environment.js';
import { imageRoles } from '../src/topology/environment-types.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lab-'));
  vi.stubEnv('MESHPROOF_LAB_HOME', path.join(folder, 'home'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

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
    expect(() => kubernetesRelease('v1.37.0-alpha.0.0.20260901000000-0123456789ab')).toThrow('is no release');
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
    const istio = istioBuilds.flatMap((build) => istioImages(build));
    const built = new Set([...labImages, ...istio].map(({ name }) => name));
    for (const role of imageRoles.filter((name) => name !== 'kind-node')) {
      for (const version of ['1.30.4', '1.31.0']) expect(built).toContain(images[role].replace('{istio}', version));
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

test("taking back Docker's rules: jumps first, then each chain, emptied before it is removed", () => {
  const printed = [
    '-P FORWARD DROP',
    '-N DOCKER',
    '-N DOCKER-USER',
    '-N KEEP',
    '-A FORWARD -j DOCKER-USER',
    '-A FORWARD -j KEEP',
    '-A DOCKER -i docker0 -j RETURN',
    '-A POSTROUTING -s 172.18.0.0/16 ! -o docker0 -j MASQUERADE',
  ].join('\n');
  expect(undoRules(printed).map((rule) => rule.join(' '))).toEqual([
    '-D FORWARD -j DOCKER-USER',
    '-D POSTROUTING -s 172.18.0.0/16 ! -o docker0 -j MASQUERADE',
    '-F DOCKER',
    '-F DOCKER-USER',
    '-X DOCKER',
    '-X DOCKER-USER',
  ]);
  expect(undoRules('-P FORWARD ACCEPT')).toEqual([]);
});

describe("taking back Docker's changes to the machine", () => {
  let calls: string;
  let absent: string;
  let proc: string;
  /** A process in the network of this one, or in another. */
  const process = (pid: string, name: string, network: string): void => {
    mkdirSync(path.join(proc, pid, 'ns'), { recursive: true });
    writeFileSync(path.join(proc, pid, 'comm'), `${name}\n`);
    symlinkSync(network, path.join(proc, pid, 'ns/net'));
  };
  beforeEach(() => {
    calls = path.join(folder, 'calls');
    absent = path.join(folder, 'etc-docker');
    proc = path.join(folder, 'proc');
    process('self', 'node', 'net:[1]');
    process('20', 'containerd', 'net:[1]');
    process('30', 'dockerd', 'net:[2]');
    mkdirSync(path.join(folder, 'bin'));
    for (const name of ['iptables', 'ip6tables', 'sysctl', 'ip', 'findmnt']) {
      const says = name === 'iptables' ? '[ "$3" = -S ] && echo "-N DOCKER"\n' : '';
      const file = path.join(folder, 'bin', name);
      writeFileSync(file, `#!/bin/sh\necho ${name} "$@" >>${calls}\n${says}exit 0\n`, { mode: 0o755 });
    }
    vi.stubEnv('PATH', path.join(folder, 'bin'));
    vi.stubEnv('MESHPROOF_LAB_RUN', path.join(folder, 'run'));
    mkdirSync(path.join(folder, 'home'));
    mkdirSync(path.join(absent, 'certs.d'), { recursive: true });
    writeFileSync(path.join(absent, 'key.json'), '');
    const machine = { bridge: false, ipForward: '0', forwardPolicy: 'ACCEPT', absent: [absent] };
    writeFileSync(path.join(folder, 'home/state.json'), JSON.stringify({ machine }));
  });
  const said = (): string => readFileSync(calls, 'utf8');

  test('rules, settings and what Docker left in its folders go', async () => {
    expect(await stopDocker(proc)).toBeUndefined();
    expect(said()).toContain('iptables -t nat -X DOCKER');
    expect(said()).toContain('sysctl -q -w net.ipv4.ip_forward=0');
    expect(existsSync(absent)).toBe(false);
  });

  test("a file that is not Docker's own stays", async () => {
    writeFileSync(path.join(absent, 'daemon.json'), '{}');
    await stopDocker(proc);
    expect(readdirSync(absent)).toEqual(['daemon.json']);
  });

  test('nothing is taken back from another Docker that runs by now', async () => {
    process('40', 'dockerd', 'net:[1]');
    expect(dockerDaemons(proc)).toEqual([40]);
    expect(await stopDocker(proc)).toBe("Docker's rules, bridge and settings stay: another dockerd runs (process 40)");
    expect(said()).toBe('findmnt -rno TARGET\n');
    expect(existsSync(path.join(absent, 'key.json'))).toBe(true);
  });
});

describe('packages that the lab installed', () => {
  /** What goes with some packages, by what needs what, as apt says it: of those that are installed. */
  const apt = (needs: Record<string, string[]>, installed: string[]) => (names: readonly string[]) => {
    const going = new Set(names.filter((name) => installed.includes(name)));
    for (let before = -1; before < going.size;) {
      before = going.size;
      for (const [name, of] of Object.entries(needs)) if (of.some((one) => going.has(one))) going.add(name);
    }
    return Promise.resolve([...going]);
  };

  test('all go where nothing else needs them', async () => {
    const removedWith = apt({ gcc: ['cpp'] }, ['gcc', 'cpp', 'runc']);
    expect(await removable(['gcc', 'cpp', 'runc'], removedWith)).toEqual(['gcc', 'cpp', 'runc']);
  });

  test('what something needs that was installed since stays, with what it needs itself', async () => {
    const removedWith = apt({ 'build-essential': ['gcc'], gcc: ['cpp'] }, ['gcc', 'cpp', 'runc', 'build-essential']);
    expect(await removable(['gcc', 'cpp', 'runc'], removedWith)).toEqual(['runc']);
  });
});
