import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { fill } from '../src/supply/program-cache.js';
import { readEnvironment } from '../src/supply/read-environment.js';
import { MeshproofError, ProblemsError } from '../src/kernel/errors.js';
import { inRegistry } from '../src/supply/registry-names.js';
import { mergeValues } from '../src/kernel/merge-values.js';
import { imageRoles } from '../src/topology/environment-types.js';

const folder = mkdtempSync(join(tmpdir(), 'meshproof-test-'));
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
function problems(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ProblemsError)
      return error.problems.map((p) => `${p.line}:${p.column} ${p.message}${p.suggestion ? ` (${p.suggestion})` : ''}`);
    throw error;
  }
  return [];
}

test.each(['lab', 'public'])('%s names an image for every role and a version for every program', (name) => {
  const environment = readEnvironment(name);
  expect(Object.keys(environment.images).sort()).toEqual([...imageRoles].sort());
  expect(environment.name).toBe(name);
});

test('public downloads only what has a checksum', () => {
  for (const program of Object.values(readEnvironment('public').programs))
    expect(Boolean(program.url)).toBe(Boolean(program.sha256));
});

test.each<[NodeJS.Platform, NodeJS.Architecture, string, string]>([
  ['linux', 'x64', 'istioctl-1.31.0-linux-amd64.tar.gz', 'kind-linux-amd64'],
  ['darwin', 'x64', 'istioctl-1.31.0-osx-amd64.tar.gz', 'kind-darwin-amd64'],
  ['darwin', 'arm64', 'istioctl-1.31.0-osx-arm64.tar.gz', 'kind-darwin-arm64'],
  ['win32', 'x64', 'istioctl-1.31.0-win-amd64.zip', 'kind-windows-amd64'],
])('programs are called as their publishers call them: %s/%s', (platform, arch, istioctl, kind) => {
  const { programs } = readEnvironment('public', { mirror: 'https://mirror.example' }, platform);
  const named = (name: 'istioctl' | 'kind'): string => fill(programs[name].url!, '1.31.0', { platform, arch });
  expect(basename(named('istioctl'))).toBe(istioctl);
  expect(basename(named('kind'))).toBe(kind);
  expect(named('istioctl')).toMatch(/^https:\/\/mirror\.example\/github\.com\//);
  expect(programs.istioctl.sha256).toBe(`${programs.istioctl.url}.sha256`);
});

describe('registry', () => {
  const digest = `@sha256:${'0'.repeat(64)}`;
  test.each([
    ['one.example/team/app:1.0', 'mirror.example/team/app:1.0'],
    ['one.example:5000/app', 'mirror.example/app'],
    ['localhost/lab/app:1', 'mirror.example/lab/app:1'],
    ['team/app:1.0', 'mirror.example/team/app:1.0'],
    ['app:1.0', 'mirror.example/library/app:1.0'],
    [`one.example/app:1${digest}`, `mirror.example/app:1${digest}`],
    ['one.example/app:{istio}', 'mirror.example/app:{istio}'],
  ])('%s', (image, expected) => expect(inRegistry(image, 'mirror.example')).toBe(expected));

  test('rewrites every image and the hub, and pulls them', () => {
    const plain = readEnvironment('lab');
    const mirrored = readEnvironment('lab', { registry: 'mirror.example:5000/all' });
    for (const role of imageRoles) {
      expect(mirrored.images[role]).toBe(plain.images[role]!.replace(/^[^/]+/, 'mirror.example:5000/all'));
    }
    expect(mirrored.istioHub).toBe(plain.istioHub.replace(/^[^/]+/, 'mirror.example:5000/all'));
    expect(mirrored.imagesAreLocal).toBe(false);
  });

  test.each(['https://mirror.example', 'mirror.example/', 'Mirror.example', 'a b', ''])('"%s" is none', (registry) => {
    expect(() => readEnvironment('lab', { registry })).toThrowError(MeshproofError);
  });
});

describe('images file', () => {
  test('wins over the registry, image by image; Istio is told by name', () => {
    const imagesFile = write('images.yaml', 'istio-pilot: own.example/pilot:7\nsleep: own.example/curl:1\n');
    const { images, values } = readEnvironment('lab', { registry: 'mirror.example', imagesFile });
    expect(images.sleep).toBe('own.example/curl:1');
    expect(images.echo).toMatch(/^mirror\.example\//);
    expect(values).toMatchObject({
      pilot: { image: 'own.example/pilot:7', resources: {} },
      global: { imagePullPolicy: 'IfNotPresent' },
    });
    expect(values['global']).not.toHaveProperty('proxy.image');
  });

  test('unknown roles and things that are no image are problems', () => {
    const imagesFile = write('bad-images.yaml', 'slepe: own.example/curl:1\necho: 1\nhttpbin: "two words"\n');
    expect(problems(() => readEnvironment('lab', { imagesFile }))).toEqual([
      '1:1 unknown key "slepe" (sleep)',
      '2:7 echo has the wrong type',
      '3:10 httpbin is not a valid image',
    ]);
  });

  test('a file that is not there', () => {
    expect(problems(() => readEnvironment('lab', { imagesFile: join(folder, 'imagess.yaml') }))).toEqual([
      `1:1 the file does not exist (${join(folder, 'images.yaml')})`,
    ]);
  });
});

describe('environment file', () => {
  const lab = readFileSync('environments/lab.yaml', 'utf8');

  test('everything that is wrong is said at once', () => {
    const text = lab
      .replace('kubernetes: 1.34.4', 'kubernetes: 1.34')
      .replace('  sleep:', '  slep:')
      .replace('cpuRequest: 10m', 'cpuRequest: little')
      .replace('addressPool: 172.28.0.0/14', 'addressPool: 172.28.0.0/24');
    const lines = problems(() => readEnvironment(write('wrong.yaml', text)));
    expect(lines.map((line) => line.replace(/^\d+:\d+ /, ''))).toEqual([
      'kubernetes has the wrong type',
      'images.sleep is missing',
      'unknown key "slep" in images (sleep)',
      'addressPool has a prefix of 24 bits',
      'cpuRequest is not a valid amount of CPU',
    ]);
  });

  test('an unknown environment, and the nearest one', () => {
    expect(problems(() => readEnvironment('labb'))).toEqual([
      `1:1 the file does not exist (${join('environments', 'lab.yaml')})`,
    ]);
  });

  test('MESHPROOF_LAB_HOME, its default, and a path beside the file', () => {
    expect(readEnvironment('lab').metallbManifest).toMatch(/^\/.*\/manifests\/metallb-native-0\.16\.1\.yaml$/);
    vi.stubEnv('MESHPROOF_LAB_HOME', '/elsewhere');
    expect(readEnvironment('lab').metallbManifest).toBe('/elsewhere/manifests/metallb-native-0.16.1.yaml');
    vi.unstubAllEnvs();
    const file = write('own.yaml', lab.replace(/metallbManifest: .*/, 'metallbManifest: manifests/own.yaml'));
    expect(readEnvironment(file).metallbManifest).toBe(join(folder, 'manifests/own.yaml'));
  });
});

test('values are merged as Helm merges them, and neither side is changed', () => {
  const base = { a: { b: 1, c: [1, 2] }, d: 1 };
  expect(mergeValues(base, { a: { c: [3] }, d: { e: 1 } })).toEqual({ a: { b: 1, c: [3] }, d: { e: 1 } });
  expect(base).toEqual({ a: { b: 1, c: [1, 2] }, d: 1 });
});

describe('mirror', () => {
  test('every download comes from below it, and the notes say so; paths and versions stay', () => {
    const { programs, metallbManifest, notes } = readEnvironment('public', { mirror: 'http://files.example:8080/all' });
    expect(programs.kind.url).toBe('http://files.example:8080/all/kind.sigs.k8s.io/dl/v{version}/kind-{os}-{arch}');
    expect(programs.helm.sha256).toMatch(/^http:\/\/files\.example:8080\/all\/get\.helm\.sh\//);
    expect(metallbManifest).toMatch(/^http:\/\/files\.example:8080\/all\/raw\.githubusercontent\.com\//);
    expect(notes).toContain('Programs and manifests are downloaded from http://files.example:8080/all.');
    expect(readEnvironment('lab', { mirror: 'http://files.example' }).metallbManifest).toMatch(/^\//);
  });

  test.each([
    'files.example',
    'http://',
    'https://user:word@files.example',
    'http://files.example/',
    'ftp://files.example',
  ])('not %s', (mirror) => {
    expect(() => readEnvironment('public', { mirror })).toThrow('is not a valid mirror address');
  });
});
