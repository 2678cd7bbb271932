import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tar from 'tar';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { movedTemplate, useOf } from '../src/engine/move-images.js';
import { checksumOf } from '../src/supply/checksum.js';
import type { ArchiveIndex } from '../src/supply/archive-index.js';
import { layOut } from '../src/supply/archive-layout.js';
import { withArchive } from '../src/supply/image-archive.js';
import { readEnvironment } from '../src/supply/read-environment.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'archive-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Writes the parts of an archive, each with its own name as content, and their index. */
function parts(target: string): ArchiveIndex {
  mkdirSync(target);
  const part = (file: string) => {
    writeFileSync(path.join(target, file), file);
    return { file, sha256: sha256(file) };
  };
  const index: ArchiveIndex = {
    version: 1,
    environment: 'public',
    images: [],
    imagesFile: part('images.tar'),
    programs: [
      { name: 'kind', version: '0.33.0', ...part('kind') },
      { name: 'istioctl', version: '1.31.0', ...part('istioctl') },
    ],
    manifest: part('metallb.yaml'),
    charts: [{ version: '1.31.0', ...part('charts-1.31.0.tar.gz') }],
  };
  writeFileSync(path.join(target, 'index.json'), JSON.stringify(index));
  return index;
}

describe('an archive', () => {
  test('is given to its reader whole, and what was unpacked is removed', async () => {
    const index = parts(path.join(folder, 'in'));
    const file = path.join(folder, 'all.tar');
    await tar.create({ file, cwd: path.join(folder, 'in') }, ['.']);
    let unpacked = '';
    const read = await withArchive(file, async (archive) => {
      unpacked = archive.folder;
      expect(archive.index).toEqual(index);
      return readFileSync(path.join(unpacked, 'kind'), 'utf8');
    });
    expect(read).toBe('kind');
    expect(() => readFileSync(path.join(unpacked, 'kind'))).toThrow('ENOENT');
  });

  test.each([
    [
      'a damaged part',
      'istioctl',
      'other',
      /^istioctl in the archive is damaged: its sha256 is [0-9a-f]{64}, expected/,
    ],
    ['no index', 'index.json', '', /^the archive cannot be read: its index.json is not JSON/],
  ])('with %s is refused', async (_, part, content, words) => {
    parts(path.join(folder, 'in'));
    writeFileSync(path.join(folder, 'in', part), content);
    const file = path.join(folder, 'all.tar');
    await tar.create({ file, cwd: path.join(folder, 'in') }, ['.']);
    await expect(withArchive(file, () => Promise.reject(new Error('used')))).rejects.toMatchObject({
      message: expect.stringMatching(words) as string,
      code: 2,
    });
  });
});

test('a folder for a file server has every program and its checksum at the path of its public address', async () => {
  const index = parts(path.join(folder, 'in'));
  const target = path.join(folder, 'mirror');
  const environment = { ...readEnvironment('public'), metallbManifestSha256: index.manifest.sha256 };
  await layOut({ file: 'all.tar', index, folder: path.join(folder, 'in') }, target, environment);
  const read = (file: string): string => readFileSync(path.join(target, file), 'utf8');
  const kind = 'kind.sigs.k8s.io/dl/v0.33.0/kind-linux-amd64';
  expect(read(kind)).toBe('kind');
  expect(read(`${kind}.sha256sum`)).toBe(`${sha256('kind')}  kind-linux-amd64\n`);
  const istioctl = 'github.com/istio/istio/releases/download/1.31.0/istioctl-1.31.0-linux-amd64.tar.gz';
  expect(read(`${istioctl}.sha256`)).toContain(await checksumOf(path.join(target, istioctl)));
  const names: string[] = [];
  await tar.list({ file: path.join(target, istioctl), onReadEntry: (entry) => names.push(entry.path) });
  expect(names).toEqual(['istioctl']);
  const charts = 'github.com/istio/istio/releases/download/1.31.0/istio-1.31.0-linux-amd64.tar.gz';
  expect(read(charts)).toBe('charts-1.31.0.tar.gz');
  expect(read(`${charts}.sha256`)).toBe(`${sha256('charts-1.31.0.tar.gz')}  istio-1.31.0-linux-amd64.tar.gz\n`);
  expect(read('raw.githubusercontent.com/metallb/metallb/v0.16.1/config/manifests/metallb-native.yaml')).toBe(
    'metallb.yaml',
  );
});

test('an image that was moved in one version of Istio is known in all of them', () => {
  const moved = new Map([['docker.io/istio/pilot:1.30.4', 'own.example:5000/1.30.4/istio/pilot:1.30.4']]);
  expect(movedTemplate('docker.io/istio/pilot:{istio}', moved)).toBe('own.example:5000/1.30.4/istio/pilot:{istio}');
  expect(movedTemplate('docker.io/istio/proxyv2:{istio}', moved)).toBeUndefined();
  expect(movedTemplate('docker.io/curlimages/curl:8', moved)).toBeUndefined();
});

test('the options for images that were moved name an environment of the user by its path', () => {
  writeFileSync(path.join(folder, 'my env.yaml'), 'extends: public\n');
  const own = readEnvironment(path.join(folder, 'my env.yaml'));
  const images = '--images meshproof-images.yaml';
  expect(useOf(own)).toBe(`--environment '${folder}/my env.yaml' ${images}`);
  expect(useOf(readEnvironment('public'))).toBe(`--environment public ${images}`);
  // of a name that the project has as well
  writeFileSync(path.join(folder, 'public.yaml'), 'extends: public\n');
  const shadow = path.join(folder, 'public.yaml');
  expect(useOf(readEnvironment(shadow))).toBe(`--environment ${shadow} ${images}`);
});
