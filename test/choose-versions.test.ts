import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readEnvironment } from '../src/supply/read-environment.js';
import { MeshproofError, ProblemsError } from '../src/kernel/errors.js';
import { parseTopology } from '../src/topology/parse-topology.js';
import { makePlan } from '../src/plan/make-plan.js';
import type { Environment, VersionRequest } from '../src/topology/environment-types.js';
import type { Plan } from '../src/topology/plan-types.js';

const digest = `sha256:${'a'.repeat(64)}`;
const folder = mkdtempSync(join(tmpdir(), 'meshproof-versions-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

function plan(
  versions: VersionRequest,
  more: { istio?: string; environment?: Environment; imagesFile?: string } = {},
): Plan {
  const environment = more.environment ?? readEnvironment('public', { versions, imagesFile: more.imagesFile });
  const own = more.istio === undefined ? '' : `istio:\n  version: ${more.istio}\n`;
  const topology = parseTopology(`description: x\n${own}clusters: [{name: a}]`, 'one.yaml');
  return makePlan(topology, environment, { runId: 'abcde12345' });
}

/** The whole text that the user sees; exit code 2 is checked. */
function refused(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (!(error instanceof MeshproofError)) throw error;
    expect(error.code).toBe(2);
    return error.describe();
  }
  return expect.fail('it was accepted');
}

describe('Istio', () => {
  test('the user goes before the topology, and the topology before the newest', () => {
    expect(plan({}).istio.version).toBe('1.31.1');
    expect(plan({}, { istio: '1.30.5' }).istio.version).toBe('1.30.5');
    const both = plan({ istio: '1.31.1' }, { istio: '1.30.5' });
    expect(both.istio).toMatchObject({ version: '1.31.1', tag: '1.31.1' });
    expect(both.environment.notes).toEqual(['Istio 1.31.1 was requested; topology one asks for 1.30.5.']);
    expect(plan({ istio: 'newest' }, { istio: '1.30.5' }).istio.version).toBe('1.31.1');
  });

  test('one that is not listed is used and said: images and istioctl are of that version', () => {
    for (const { images, environment } of [plan({ istio: '1.29.8' }), plan({}, { istio: '1.29.8' })]) {
      expect(images['istio-proxyv2']).toBe('docker.io/istio/proxyv2:1.29.8');
      expect(environment.programs.istioctl.version).toBe('1.29.8');
      expect(environment.istioVersions).toEqual(['1.30.5', '1.31.1']);
      expect(environment.notes[0]).toBe('Istio 1.29.8 is used; environment public lists 1.30.5 and 1.31.1.');
    }
  });

  test('newest is never a pre-release', () => {
    const listed = (...istioVersions: string[]): Environment => ({ ...readEnvironment('public'), istioVersions });
    expect(plan({}, { environment: listed('1.32.0-9739e10eb9d7', '1.30.5', '1.32-alpha.0') }).istio.version).toBe(
      '1.30.5',
    );
    expect(refused(() => plan({}, { environment: listed('1.32.0-rc.0', '1.32-alpha.0') }))).toMatch(
      /one\.yaml:\d+:\d+: environment public has no Istio release, so "newest" has no meaning[^]*allowed: 1\.32-alpha\.0, 1\.32\.0-rc\.0/,
    );
  });

  test('a daily build needs hub, tag and istioctl, and what is missing is named', () => {
    const build = '1.32-alpha.9739e10eb9d7';
    expect(refused(() => plan({ istio: build }))).toMatch(
      /^--istio: .* is a daily build, and --hub, --tag and --istioctl are not given/,
    );
    expect(refused(() => plan({ istio: build, hub: 'r.example/istio', tag: build }))).toMatch(
      /and --istioctl is not given/,
    );
    expect(refused(() => plan({}, { istio: build }))).toMatch(/^one\.yaml:3:12: Istio .* is a daily build/);
    const { images, istio, environment } = plan({
      istio: build,
      hub: 'r.example/istio',
      tag: 'mine',
      istioctl: '/opt/istioctl',
    });
    expect(images).toMatchObject({
      'istio-pilot': 'r.example/istio/pilot:mine',
      'istio-proxyv2': 'r.example/istio/proxyv2:mine',
    });
    expect(images.echo).toMatch(/^docker\.io\/istio\/app:1\.31\.1$/);
    expect(istio).toMatchObject({ version: build, hub: 'r.example/istio', tag: 'mine' });
    expect(environment.programs.istioctl).toMatchObject({ version: build, path: '/opt/istioctl' });
  });

  test('an environment that lists a daily build knows where it is', () => {
    const environment = { ...readEnvironment('public'), istioVersions: ['1.31.1', '1.32-alpha.0'] };
    expect(plan({}, { environment, istio: '1.32-alpha.0' }).istio.version).toBe('1.32-alpha.0');
  });

  test("hub and tag go before the registry, an image of the user's own before both", () => {
    const imagesFile = file('images.yaml', 'istio-pilot: own.example/pilot:7\n');
    const environment = readEnvironment('lab', {
      registry: 'mirror.example',
      imagesFile,
      versions: { hub: 'r.example/istio', tag: 'x' },
    });
    expect(environment.images).toMatchObject({
      'istio-pilot': 'own.example/pilot:7',
      'istio-proxyv2': 'r.example/istio/proxyv2:x',
      sleep: 'mirror.example/lab/curl:8.16.0',
    });
    expect(readEnvironment('lab', { versions: { hub: 'r.example/istio' } }).imagesAreLocal).toBe(false);
    expect(readEnvironment('lab', { versions: { hub: 'localhost/istio-lab', tag: 'x' } }).imagesAreLocal).toBe(true);
  });
});

describe('Kubernetes', () => {
  test('any version whose node image is known; kubectl follows', () => {
    const { images, environment } = plan({ kubernetes: '1.34.11' });
    expect(images['kind-node']).toMatch(/^docker\.io\/kindest\/node:v1\.34\.11@sha256:44e222ee/);
    expect(environment).toMatchObject({
      kubernetes: '1.34.11',
      notes: [],
      programs: { kubectl: { version: '1.34.11' } },
    });
  });

  test('another one is refused with those that are known, and with how to give it', () => {
    const text = refused(() => plan({ kubernetes: '1.36.5' }));
    expect(text).toMatch(/^--kubernetes 1\.36\.5: the node image of Kubernetes 1\.36\.5 is unknown/);
    expect(text).toContain(
      '1.34.11, 1.35.8, 1.36.4, 1.37.0; another one with its digest (--kubernetes 1.36.5@sha256:...',
    );
    expect(text).toContain('did you mean 1.36.4?');
  });

  test('with its digest, or its image, it is used and said', () => {
    const given = plan({ kubernetes: `1.37.2@${digest}` });
    expect(given.images['kind-node']).toBe(`docker.io/kindest/node:v1.37.2@${digest}`);
    expect(given.environment.notes).toEqual([
      'Kubernetes 1.37.2 is used; environment public lists 1.34.11, 1.35.8, 1.36.4 and 1.37.0.',
    ]);
    const imagesFile = file('node.yaml', 'kind-node: own.example/node:of-mine\n');
    expect(plan({ kubernetes: '1.37.2' }, { imagesFile })).toMatchObject({
      images: { 'kind-node': 'own.example/node:of-mine' },
      environment: { kubernetes: '1.37.2' },
    });
  });

  test('an image of another version than the one that is planned with is a problem of the images file', () => {
    const imagesFile = file('other.yaml', '# own\nkind-node: own.example/node:v1.35.8\n');
    expect(refused(() => plan({}, { imagesFile }))).toMatch(
      /other\.yaml:2:12: the node image has Kubernetes 1\.35\.8, but the requested version is 1\.36\.4[^]*--kubernetes 1\.35\.8/,
    );
    expect(plan({ kubernetes: '1.35.8' }, { imagesFile }).images['kind-node']).toBe('own.example/node:v1.35.8');
  });

  test("in the lab a name is all that is needed: there are no digests of the lab's images", () => {
    const environment = readEnvironment('lab', { versions: { kubernetes: '1.36.4' } });
    expect(environment.images['kind-node']).toBe('localhost/lab/kind-node:v1.36.4');
    expect(environment.notes.at(-1)).toBe('Kubernetes 1.36.4 is used; environment lab lists 1.34.4.');
  });

  test('clusters that exist have the Kubernetes that they have', () => {
    const environment = readEnvironment('public', { versions: { kubernetes: `1.38.0@${digest}` } });
    const topology = parseTopology('description: x\nprovider: existing\nclusters: [{name: a, context: a}]', 'own.yaml');
    expect(makePlan(topology, environment, { runId: 'abcde12345' }).environment.notes.slice(1)).toEqual([
      `--kubernetes 1.38.0@${digest} has no effect: the clusters of topology own exist already.`,
    ]);
  });
});

describe('what is not supported together is a warning', () => {
  const warnings = (versions: VersionRequest): string[] =>
    plan(versions).environment.notes.filter((note) => note.startsWith('warning: '));

  test.each([
    [{ istio: '1.31.1', kubernetes: '1.37.0' }, undefined],
    [{ istio: '1.30.5', kubernetes: '1.36.4' }, undefined],
    [
      { istio: '1.30.5', kubernetes: '1.37.0' },
      /^warning: Istio 1\.30 supports Kubernetes 1\.32 to 1\.36, and this is 1\.37\.0 \(https:.*, read \d{4}-/,
    ],
    [{ istio: '1.31.1', kubernetes: `1.31.14@${digest}` }, /supports Kubernetes 1\.32 to 1\.37, and this is 1\.31\.14/],
    [{ istio: '1.40.0' }, /supported Kubernetes versions of Istio 1\.40 are not in/],
    [{ istioctl: '/opt/istioctl', istioctlVersion: '1.31.1-lab' }, undefined],
    [
      { istioctl: '/opt/istioctl', istioctlVersion: '1.30.5' },
      /istioctl is 1\.30\.5 and Istio 1\.31\.1; both should have the same/,
    ],
    [{ istioctl: '/opt/istioctl', istioctlVersion: 'of unknown version' }, /istioctl is of unknown version/],
  ])('%j', (versions, expected) => {
    expect(warnings(versions)).toEqual(expected === undefined ? [] : [expect.stringMatching(expected)]);
  });
});

test('every bad version of a file is a problem with its line', () => {
  const text =
    'extends: public\nkubernetes: 1.36\nistioVersions:\n  - 1.31.1\n  - 01.31.0\n  - 99999999999999999999.1.1\n  - 1.31\nprograms: { kind: { version: 0.033.0 } }\nnodeDigests: { 1.36: sha256:1 }\n';
  let found: string[] = [];
  try {
    readEnvironment(file('bad.yaml', text));
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    found = error.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
  }
  expect(found).toEqual([
    '2:13 kubernetes has the wrong type',
    '5:5 istioVersions[1] is not a valid version of Istio',
    '6:5 istioVersions[2] is not a valid version of Istio',
    '7:5 istioVersions[3] has the wrong type',
    '8:30 programs.kind.version is not a valid version',
    '9:22 nodeDigests.1.36 is not a valid digest',
    '9:22 nodeDigests.1.36 is not a valid version',
  ]);
  const ok = readEnvironment(
    file('good.yaml', 'extends: public\nistioVersions: [1.31.1, 1.32.0-012345678901, 1.32-alpha.012345678901]\n'),
  );
  expect(ok.istioVersions).toHaveLength(3);
});
