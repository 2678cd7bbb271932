import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import * as tar from 'tar';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeSaved } from './harness/docker-images.js';
import { Harness } from './harness/harness.js';

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const manifest = 'kind: List\n';

let harness: Harness;
beforeEach(async () => {
  harness = await Harness.start();
  harness.file('metallb.yaml', manifest);
});
afterEach(() => harness.close());

/** Puts a kubectl and an istioctl on PATH that `public` can use. */
function programs(): void {
  harness.stubs.on('kubectl', ({ args }) => (args[0] === 'version' ? 'Client Version: v1.36.4\n' : undefined));
  harness.stubs.on('istioctl', ({ args }) => (args[0] === 'version' ? 'client version: 1.31.1\n' : undefined));
}

const work = (...parts: string[]): string => path.join(harness.folder('work'), ...parts);
const read = (...parts: string[]): string => readFileSync(work(...parts), 'utf8');

/** Writes an environment that is `public` with a MetalLB manifest at hand; returns its path. */
function environment(name: string, lines = ''): string {
  const checked = `metallbManifest: ${work('metallb.yaml')}\nmetallbManifestSha256: ${sha256(manifest)}\n`;
  return `./${harness.file(`${name}.yaml`, `extends: public\n${checked}${lines}`)}`;
}

/** Every file below a folder of the harness, relative to it. */
function below(folder: 'cache' | 'work'): string[] {
  const root = harness.folder(folder);
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))).sort();
}

interface Index {
  images: { name: string; id: string }[];
  programs: Record<string, unknown>[];
  [key: string]: unknown;
}

/** Makes an archive by hand, its checksums right; `change` makes something of its index wrong. */
function archive(file: string, change: (index: Index, folder: string) => unknown = () => undefined): string {
  const folder = work(`${file}.parts`);
  mkdirSync(folder);
  const part = (name: string, text = name) => {
    writeFileSync(path.join(folder, name), text);
    return { file: name, sha256: sha256(text) };
  };
  const image = { name: 'docker.io/curlimages/curl:8.16.0', id: `sha256:${'1'.repeat(64)}` };
  writeSaved(path.join(folder, 'images.tar'), [{ names: [image.name], digits: '1'.repeat(64) }]);
  const index: Index = {
    version: 1,
    environment: 'public',
    images: [image],
    imagesFile: { file: 'images.tar', sha256: sha256(readFileSync(path.join(folder, 'images.tar'))) },
    programs: [
      { name: 'kubectl', version: '1.36.4', ...part('kubectl') },
      { name: 'istioctl', version: '1.31.1', ...part('istioctl') },
    ],
    manifest: part('metallb.yaml', manifest),
  };
  const instead = change(index, folder);
  writeFileSync(path.join(folder, 'index.json'), JSON.stringify(instead === undefined ? index : instead));
  tar.create({ file: work(file), cwd: folder, sync: true }, ['.']);
  return file;
}

describe('an archive with a wrong index.json is refused with its path, and nothing is written', () => {
  const first = (change: Record<string, unknown>) => (index: Index) => void Object.assign(index.programs[0]!, change);
  test.each<[string, (index: Index, folder: string) => unknown, string]>([
    ['nothing in it', () => ({}), 'index.json is not valid: version'],
    ['null', () => null, 'index.json is not valid'],
    ['a list', () => [], 'index.json is not valid'],
    ['another format', (index) => void (index['version'] = 99), 'its format is 99, and this meshproof reads format 1'],
    ['an unknown program', first({ name: 'bash' }), 'programs.0.name'],
    ['a version that is a path', first({ version: 'x/../../../evil' }), 'programs.0.version is not a valid version'],
    ['a version that leads up', first({ version: '../../../../evil' }), 'programs.0.version is not a valid version'],
    ['a file elsewhere', first({ file: '../metallb.yaml' }), 'programs.0.file is not a file name without a folder'],
    ['a file with an absolute path', first({ file: '/etc/hostname' }), 'programs.0.file is not a file name'],
    ['a checksum that is none', first({ sha256: 'missing' }), 'programs.0.sha256 is not a sha256'],
    ['a program twice', (index) => void index.programs.push(index.programs[0]!), 'has a program of one version twice'],
    ['an environment elsewhere', (index) => void (index['environment'] = '../own'), 'environment is not the name'],
    ['an image that is an option', (index) => void (index.images[0]!.name = '--help'), 'images.0.name is no image'],
    ['an image with an odd id', (index) => void (index.images[0]!.id = 'x'), 'images.0.id is not the id of an image'],
    [
      'a link in place of a program',
      (_, folder) => {
        writeFileSync(work('secret'), 'kubectl');
        symlinkSync(work('secret'), path.join(folder, 'link'));
        return undefined;
      },
      '',
    ],
  ])('%s', async (_, change, words) => {
    const linked = words === '';
    const file = archive('evil.tar', (index, folder) => {
      if (linked) Object.assign(index.programs[0]!, { file: 'link' });
      return change(index, folder);
    });
    const before = below('work');
    for (const flags of [[], ['--folder', 'srv']]) {
      const { code, stderr } = await harness.run('images', 'load', file, '--environment', environment('own'), ...flags);
      expect([code, stderr]).toEqual([2, expect.stringContaining(linked ? 'link in the archive is damaged' : words)]);
      expect(stderr).toContain('evil.tar: ');
    }
    expect(below('work')).toEqual([...before, 'own.yaml'].sort());
    expect(below('cache')).toEqual([]);
    expect(harness.stubs.said('docker').filter((call) => call.startsWith('docker load'))).toEqual([]);
  });

  test('a file that is no archive', async () => {
    const { code, stderr } = await harness.run('images', 'load', harness.file('text.tar', 'no archive'.repeat(99)));
    expect([code, stderr]).toEqual([2, expect.stringContaining('text.tar: the archive cannot be read')]);
    const none = await harness.run('images', 'load', 'nowhere.tar');
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('nowhere.tar: the archive cannot be read')]);
  });
});

test('two versions of a program keep their own content in an archive and after it', async () => {
  for (const version of ['1.30.5', '1.31.1'])
    appendFileSync(harness.stubs.add(`istioctl-${version}`), `// ${version}\n`);
  programs();
  const topology = (version: string): string => {
    const clusters = 'clusters:\n  - { name: one, network: n1 }\n';
    return harness.file(
      `t${version.replaceAll('.', '-')}.yaml`,
      `description: One.\nistio: { version: ${version} }\n${clusters}`,
    );
  };
  const own = environment('own');
  const saved = await harness.run(
    'images',
    'save',
    'all.tar',
    topology('1.30.5'),
    topology('1.31.1'),
    '--environment',
    own,
  );
  expect([saved.code, saved.stderr]).toEqual([0, expect.any(String)]);
  const { code, stderr } = await harness.run('images', 'load', 'all.tar', '--environment', own);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  for (const version of ['1.30.5', '1.31.1']) {
    const [file, ...more] = below('cache').filter(
      (one) => one.includes(`istioctl-${version}/`) && !one.endsWith('.json'),
    );
    expect(more).toEqual([]);
    expect(readFileSync(path.join(harness.folder('cache'), file!), 'utf8')).toContain(`// ${version}\n`);
  }
});

test('a program that is downloaded in an archive of its own meets its pinned checksum on both sides', async () => {
  mkdirSync(work('packed'));
  writeFileSync(work('packed', 'istioctl'), 'downloaded');
  tar.create({ file: work('packed', 'in'), gzip: true, cwd: work('packed'), sync: true }, ['istioctl']);
  const packed = readFileSync(work('packed', 'in'));
  const server = createServer((_, response) => void response.end(packed)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}/istioctl.tgz`;
  const own = environment(
    'own',
    `programs:\n  istioctl: { version: '{istio}', url: 'http://${address}', sha256: ${sha256(packed)} }\n`,
  );
  programs();
  rmSync(path.join(harness.stubs.path[0]!, 'istioctl'));
  const saved = await harness.run('images', 'save', 'all.tar', 'single', '--environment', own);
  server.closeAllConnections();
  server.close();
  expect([saved.code, saved.stderr]).toEqual([0, expect.any(String)]);

  rmSync(path.join(harness.folder('cache'), 'meshproof'), { recursive: true });
  const { code, stderr } = await harness.run('images', 'load', 'all.tar', '--environment', own);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  expect(below('cache')).toContainEqual(expect.stringContaining(`/${sha256('downloaded')}/istioctl`));
  expect((await harness.run('images', 'load', 'all.tar', '--environment', own, '--folder', 'srv')).code).toBe(0);
  expect(sha256(readFileSync(work('srv', address)))).toBe(sha256(packed));
  // what was loaded is what is used: there is nothing to download from
  expect((await harness.run('images', 'save', 'again.tar', 'single', '--environment', own)).code).toBe(0);
});

test('a program of an archive must be the one that the environment pins', async () => {
  const file = archive('all.tar');
  const pin = (digits: string): string =>
    `programs:\n  kubectl: { version: 1.36.4, url: https://dl.example/kubectl, sha256: ${digits} }\n`;
  const other = environment('other', pin(sha256('other')));
  for (const flags of [[], ['--folder', 'srv']]) {
    const { code, stderr } = await harness.run('images', 'load', file, '--environment', other, ...flags);
    expect(code).toBe(2);
    expect(stderr).toContain('all.tar: kubectl 1.36.4 is not the one that environment other pins: its sha256 is');
  }
  expect([below('cache'), existsSync(work('srv'))]).toEqual([[], false]);
  // images of the other test environments are all there: only what is loaded is asked for
  harness.docker.images = [];
  const same = await harness.run('images', 'load', file, '--environment', environment('same', pin(sha256('kubectl'))));
  expect([same.code, same.stderr]).toEqual([0, expect.any(String)]);
});

describe('the images file', () => {
  const load = (...flags: string[]) =>
    harness.run('images', 'load', 'all.tar', '--environment', environment('own'), ...flags);
  beforeEach(() => {
    harness.docker.images = [];
    archive('all.tar');
  });

  test.each([
    ['written by hand', () => 'sleep: my.registry/curl:1\n'],
    ['changed by hand', () => `${read('meshproof-images.yaml')}sleep: my.registry/curl:1\n`],
  ])('is not overwritten where it was %s', async (_, text) => {
    expect((await load()).code).toBe(0);
    const mine = text();
    harness.file('meshproof-images.yaml', mine);
    for (const args of [
      ['load', 'all.tar'],
      ['push', 'registry.example:5000', 'single'],
    ]) {
      const { code, stderr } = await harness.run('images', ...args, '--environment', './own.yaml');
      expect([code, stderr]).toEqual([
        2,
        expect.stringContaining('meshproof-images.yaml: the file was not written by'),
      ]);
    }
    expect(read('meshproof-images.yaml')).toBe(mine);
    expect((await load('--force')).code).toBe(0);
    expect(read('meshproof-images.yaml')).not.toContain('my.registry');
  });

  test('is written again where it is as it was written', async () => {
    expect((await load()).code).toBe(0);
    expect((await load()).code).toBe(0);
    expect(read('meshproof-images.yaml')).toContain('sleep: docker.io/curlimages/curl:8.16.0\n');
  });
});

describe("the user's tags stay where they are", () => {
  const idOf = (name: string): string | undefined =>
    harness.docker.images === 'all' ? undefined : harness.docker.images.find((one) => one.name === name)?.id;
  const mine = `sha256:${'9'.repeat(64)}`;

  test('when an archive is loaded', async () => {
    archive('all.tar');
    const curl = 'docker.io/curlimages/curl:8.16.0';
    harness.docker.images = [{ name: curl, id: mine, labels: {} }];
    const own = environment('own');
    const { code, stderr } = await harness.run('images', 'load', 'all.tar', '--environment', own);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`another image has the name ${curl}`)]);
    expect(idOf(curl)).toBe(mine);
    expect(below('cache')).toEqual([]);
    expect((await harness.run('images', 'load', 'all.tar', '--environment', own, '--force')).code).toBe(0);
    expect(idOf(curl)).toBe(`sha256:${'1'.repeat(64)}`);
  });

  test('when an archive holds images that its index does not name', async () => {
    archive('all.tar', (index, folder) => {
      const file = path.join(folder, 'images.tar');
      const names = [index.images[0]!.name, 'docker.io/library/debian:12'];
      writeSaved(file, [{ names, digits: '1'.repeat(64) }]);
      index['imagesFile'] = { file: 'images.tar', sha256: sha256(readFileSync(file)) };
    });
    harness.docker.images = [];
    const { code, stderr } = await harness.run('images', 'load', 'all.tar', '--environment', environment('own'));
    expect([code, stderr]).toEqual([2, expect.stringContaining('does not name: docker.io/library/debian:12')]);
    expect(harness.docker.images).toEqual([]);
  });

  test('when an archive is saved, and when images are pushed', async () => {
    programs();
    const own = environment('own');
    const plan = await harness.run('images', 'list', 'single', '--environment', own, '--output', 'json');
    const { images } = JSON.parse(plan.stdout) as { images: { name: string }[] };
    const node = images.find(({ name }) => name.includes('@'))!.name;
    const tag = node.split('@')[0]!;
    const pushed = tag.replace('docker.io', 'registry.example:5000');
    const all = images.map(({ name }, i) => ({ name, id: `sha256:${String(i).padStart(64, '2')}`, labels: {} }));
    harness.docker.images = [...all, ...[tag, pushed].map((name) => ({ name, id: mine, labels: {} }))];

    const save = () => harness.run('images', 'save', 'all.tar', 'single', '--environment', own);
    const push = (...flags: string[]) =>
      harness.run('images', 'push', 'registry.example:5000', 'single', '--environment', own, ...flags);
    const saved = await save();
    expect([saved.code, saved.stderr]).toEqual([2, expect.stringContaining(`another image has the name ${tag}`)]);
    const refused = await push();
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining(`another image has the name ${pushed}`),
    ]);
    expect([idOf(tag), idOf(pushed)]).toEqual([mine, mine]);
    expect(harness.stubs.said('docker').filter((call) => /docker (tag|save|push)/.test(call))).toEqual([]);

    expect((await push('--force')).code).toBe(0);
    expect([idOf(tag), idOf(pushed)]).toEqual([mine, idOf(node)]);
    harness.docker.images = harness.docker.images.filter(({ name }) => name !== tag);
    expect((await save()).code).toBe(0);
    expect(idOf(tag)).toBe(idOf(node));
  });
});

test('a folder for a file server keeps the files that are there', async () => {
  archive('all.tar');
  const own = environment('own');
  const load = (...flags: string[]) =>
    harness.run('images', 'load', 'all.tar', '--environment', own, '--folder', 'srv', ...flags);
  expect((await load()).code).toBe(0);
  // the same files once more
  expect((await load()).code).toBe(0);
  writeFileSync(work('srv/images.tar'), 'of somebody else');
  const { code, stderr } = await load();
  expect([code, stderr]).toEqual([2, expect.stringMatching(/with another content are there: \S*\/srv\/images\.tar/)]);
  expect(read('srv/images.tar')).toBe('of somebody else');
  expect((await load('--force')).code).toBe(0);
  expect(read('srv/images.tar')).not.toBe('of somebody else');
  const outside = environment(
    'outside',
    'programs:\n  kubectl: { version: 1.36.4, url: "https://a/../../../evil/kubectl" }\n',
  );
  const climbed = await harness.run('images', 'load', 'all.tar', '--environment', outside, '--folder', 'srv2');
  expect([climbed.code, climbed.stderr]).toEqual([2, expect.stringContaining('does not lead below the folder')]);
  expect(existsSync(work('srv2'))).toBe(false);
});
