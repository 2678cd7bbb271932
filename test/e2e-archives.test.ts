import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import * as tar from 'tar';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Archives, sha256, type Index } from './harness/archives.js';
import type { Harness } from './harness/harness.js';

let files: Archives;
let harness: Harness;
beforeEach(async () => {
  files = await Archives.start();
  harness = files.harness;
});
afterEach(() => harness.close());

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
    [
      'an image that is an option',
      (index) => void (index.images[0]!.name = '--help'),
      'images.0.name is not a valid image',
    ],
    ['an image with an odd id', (index) => void (index.images[0]!.id = 'x'), 'images.0.id is not the id of an image'],
    [
      'a link in place of a program',
      (_, folder) => {
        writeFileSync(files.work('secret'), 'kubectl');
        symlinkSync(files.work('secret'), path.join(folder, 'link'));
        return undefined;
      },
      '',
    ],
  ])('%s', async (_, change, words) => {
    const linked = words === '';
    const file = files.archive('evil.tar', (index, folder) => {
      if (linked) Object.assign(index.programs[0]!, { file: 'link' });
      return change(index, folder);
    });
    const before = files.below('work');
    // both ways read the index alike; those that led elsewhere are tried in both
    for (const flags of /version|link/.test(words || 'link') ? [[], ['--folder', 'srv']] : [[]]) {
      const { code, stderr } = await harness.run(
        'images',
        'load',
        file,
        '--environment',
        files.environment('own'),
        ...flags,
      );
      expect([code, stderr]).toEqual([2, expect.stringContaining(linked ? 'link in the archive is damaged' : words)]);
      expect(stderr).toContain('evil.tar: ');
    }
    expect(files.below('work')).toEqual([...before, 'own.yaml'].sort());
    expect(files.below('cache')).toEqual([]);
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
  files.programs();
  const topology = (version: string): string => {
    const clusters = 'clusters:\n  - { name: one, network: n1 }\n';
    return harness.file(
      `t${version.replaceAll('.', '-')}.yaml`,
      `description: One.\nistio: { version: ${version} }\n${clusters}`,
    );
  };
  const own = files.environment('own');
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
    const [file, ...more] = files
      .below('cache')
      .filter((one) => one.includes(`istioctl-${version}/`) && !one.endsWith('.json'));
    expect(more).toEqual([]);
    expect(readFileSync(path.join(harness.folder('cache'), file!), 'utf8')).toContain(`// ${version}\n`);
  }
});

test('a program that is downloaded in an archive of its own meets its pinned checksum on both sides', async () => {
  mkdirSync(files.work('packed'));
  writeFileSync(files.work('packed', 'istioctl'), 'downloaded');
  tar.create({ file: files.work('packed', 'in'), gzip: true, cwd: files.work('packed'), sync: true }, ['istioctl']);
  const packed = readFileSync(files.work('packed', 'in'));
  const server = createServer((_, response) => void response.end(packed)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}/istioctl.tgz`;
  const own = files.environment(
    'own',
    `programs:\n  istioctl: { version: '{istio}', url: 'http://${address}', sha256: ${sha256(packed)} }\n`,
  );
  files.programs();
  rmSync(path.join(harness.stubs.path[0]!, 'istioctl'));
  const saved = await harness.run('images', 'save', 'all.tar', 'single', '--environment', own);
  server.closeAllConnections();
  server.close();
  expect([saved.code, saved.stderr]).toEqual([0, expect.any(String)]);

  rmSync(path.join(harness.folder('cache'), 'meshproof'), { recursive: true });
  const { code, stderr } = await harness.run('images', 'load', 'all.tar', '--environment', own);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  expect(files.below('cache')).toContainEqual(expect.stringContaining(`/${sha256('downloaded')}/istioctl`));
  expect((await harness.run('images', 'load', 'all.tar', '--environment', own, '--folder', 'srv')).code).toBe(0);
  expect(sha256(readFileSync(files.work('srv', address)))).toBe(sha256(packed));
  // what was loaded is what is used: there is nothing to download from
  expect((await harness.run('images', 'save', 'again.tar', 'single', '--environment', own)).code).toBe(0);
});

test('a program of an archive must be the one that the environment pins', async () => {
  const file = files.archive('all.tar');
  const pin = (digits: string): string =>
    `programs:\n  kubectl: { version: 1.36.4, url: https://dl.example/kubectl, sha256: ${digits} }\n`;
  const other = files.environment('other', pin(sha256('other')));
  for (const flags of [[], ['--folder', 'srv']]) {
    const { code, stderr } = await harness.run('images', 'load', file, '--environment', other, ...flags);
    expect(code).toBe(2);
    expect(stderr).toContain(
      'all.tar: kubectl 1.36.4 differs from the file that environment other pins: its sha256 is',
    );
  }
  expect([files.below('cache'), existsSync(files.work('srv'))]).toEqual([[], false]);
  // images of the other test environments are all there: only what is loaded is asked for
  harness.docker.images = [];
  const same = await harness.run(
    'images',
    'load',
    file,
    '--environment',
    files.environment('same', pin(sha256('kubectl'))),
  );
  expect([same.code, same.stderr]).toEqual([0, expect.any(String)]);
});

test('charts for helm are in an archive, and are found after it where their folder is not', async () => {
  for (const chart of ['base', 'istiod', 'cni', 'gateway'])
    harness.file(`charts/1.31.1/${chart}/Chart.yaml`, `name: ${chart}\n`);
  harness.stubs.add('helm');
  files.programs();
  const own = files.environment('own', `istioCharts: ${files.work('charts')}/{istio}\n`);
  const clusters = 'clusters:\n  - { name: one, network: n1 }\n';
  const topology = harness.file('t.yaml', `description: One.\nistio: { installer: helm }\n${clusters}`);
  const save = (file: string) => harness.run('images', 'save', file, topology, '--environment', own);
  const saved = await save('all.tar');
  expect([saved.code, saved.stderr]).toEqual([0, expect.any(String)]);
  rmSync(files.work('charts'), { recursive: true });
  const without = await save('none.tar');
  expect([without.code, without.stderr]).toEqual([4, expect.stringContaining('has no chart base')]);

  const { code, stderr } = await harness.run('images', 'load', 'all.tar', '--environment', own);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  const kept = files.below('cache').filter((file) => file.includes('/charts/'));
  expect(kept.map((file) => file.split('/').slice(-2).join('/'))).toEqual(
    ['base', 'cni', 'gateway', 'istiod'].map((chart) => `${chart}/Chart.yaml`),
  );
  expect((await save('again.tar')).code).toBe(0);
});

test('charts of an archive must be those that the environment pins', async () => {
  const file = files.archive('all.tar', (index, folder) => {
    writeFileSync(path.join(folder, 'charts.tar.gz'), 'charts');
    index['charts'] = [{ version: '1.31.1', file: 'charts.tar.gz', sha256: sha256('charts') }];
  });
  const pin = 'istioCharts: https://dl.example/istio-{istio}.tar.gz\nistioChartsSha256: ';
  const other = files.environment('other', `${pin}${sha256('other')}\n`);
  const { code, stderr } = await harness.run('images', 'load', file, '--environment', other);
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining('the archive with the charts of Istio 1.31.1 differs from the file'),
  ]);
  expect(files.below('cache')).toEqual([]);
});
