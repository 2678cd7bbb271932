import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Archives, sha256 } from './harness/archives.js';
import { writeSaved } from './harness/docker-images.js';
import type { Harness } from './harness/harness.js';

let files: Archives;
let harness: Harness;
beforeEach(async () => {
  files = await Archives.start();
  harness = files.harness;
});
afterEach(() => harness.close());

describe('the images file', () => {
  const load = (...flags: string[]) =>
    harness.run('images', 'load', 'all.tar', '--environment', files.environment('own'), ...flags);
  beforeEach(() => {
    harness.docker.images = [];
    files.archive('all.tar');
  });

  test.each([
    ['written by hand', () => 'sleep: my.registry/curl:1\n'],
    ['changed by hand', () => `${files.read('meshproof-images.yaml')}sleep: my.registry/curl:1\n`],
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
    expect(files.read('meshproof-images.yaml')).toBe(mine);
    expect((await load('--force')).code).toBe(0);
    expect(files.read('meshproof-images.yaml')).not.toContain('my.registry');
  });

  test('is written again where it is as it was written', async () => {
    expect((await load()).code).toBe(0);
    expect((await load()).code).toBe(0);
    expect(files.read('meshproof-images.yaml')).toContain('sleep: docker.io/curlimages/curl:8.16.0\n');
  });
});

describe("the user's tags stay where they are", () => {
  const idOf = (name: string): string | undefined =>
    harness.docker.images === 'all' ? undefined : harness.docker.images.find((one) => one.name === name)?.id;
  const mine = `sha256:${'9'.repeat(64)}`;

  test('when an archive is loaded', async () => {
    files.archive('all.tar');
    const curl = 'docker.io/curlimages/curl:8.16.0';
    harness.docker.images = [{ name: curl, id: mine, labels: {} }];
    const own = files.environment('own');
    const { code, stderr } = await harness.run('images', 'load', 'all.tar', '--environment', own);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`another image in this Docker already has the name ${curl}`),
    ]);
    expect(idOf(curl)).toBe(mine);
    expect(files.below('cache')).toEqual([]);
    expect((await harness.run('images', 'load', 'all.tar', '--environment', own, '--force')).code).toBe(0);
    expect(idOf(curl)).toBe(`sha256:${'1'.repeat(64)}`);
  });

  test('when an archive holds images that its index does not name', async () => {
    files.archive('all.tar', (index, folder) => {
      const file = path.join(folder, 'images.tar');
      const names = [index.images[0]!.name, 'docker.io/library/debian:12'];
      writeSaved(file, [{ names, digits: '1'.repeat(64) }]);
      index['imagesFile'] = { file: 'images.tar', sha256: sha256(readFileSync(file)) };
    });
    harness.docker.images = [];
    const { code, stderr } = await harness.run('images', 'load', 'all.tar', '--environment', files.environment('own'));
    expect([code, stderr]).toEqual([2, expect.stringContaining('does not name: docker.io/library/debian:12')]);
    expect(harness.docker.images).toEqual([]);
  });

  test('when an archive is saved, and when images are pushed', async () => {
    files.programs();
    const own = files.environment('own');
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
    expect([saved.code, saved.stderr]).toEqual([
      2,
      expect.stringContaining(`another image in this Docker already has the name ${tag}`),
    ]);
    const refused = await push();
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining(`another image in this Docker already has the name ${pushed}`),
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
  files.archive('all.tar');
  const own = files.environment('own');
  const load = (...flags: string[]) =>
    harness.run('images', 'load', 'all.tar', '--environment', own, '--folder', 'srv', ...flags);
  expect((await load()).code).toBe(0);
  // the same files once more
  expect((await load()).code).toBe(0);
  writeFileSync(files.work('srv/images.tar'), 'of somebody else');
  const { code, stderr } = await load();
  expect([code, stderr]).toEqual([2, expect.stringMatching(/with other content: \S*\/srv\/images\.tar/)]);
  expect(files.read('srv/images.tar')).toBe('of somebody else');
  expect((await load('--force')).code).toBe(0);
  expect(files.read('srv/images.tar')).not.toBe('of somebody else');
  const outside = files.environment(
    'outside',
    'programs:\n  kubectl: { version: 1.36.4, url: "https://a/../../../evil/kubectl" }\n',
  );
  const climbed = await harness.run('images', 'load', 'all.tar', '--environment', outside, '--folder', 'srv2');
  expect([climbed.code, climbed.stderr]).toEqual([2, expect.stringContaining('is outside the folder')]);
  expect(existsSync(files.work('srv2'))).toBe(false);
});
