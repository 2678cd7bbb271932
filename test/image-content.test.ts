import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tar from 'tar';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadArchive, saveArchive, withArchive } from '../src/supply/image-archive.js';
import { refuseOtherImages } from '../src/supply/image-tags.js';
import { savedImages } from '../src/supply/saved-images.js';
import { readEnvironment } from '../src/supply/read-environment.js';
import type { Environment } from '../src/topology/environment-types.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'meshproof-content-'));
  vi.stubEnv('PATH', `${folder}${path.delimiter}${process.env['PATH']}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const image = 'r.example/sleep:1';
const layers = ['sha256:1', 'sha256:2'];
/** As Docker's own image store tells of an image, and as containerd's does. */
const overlay2 = {
  Id: `sha256:${'a'.repeat(64)}`,
  Architecture: 'amd64',
  Os: 'linux',
  RootFS: { Type: 'layers', Layers: layers },
  Config: { Hostname: '', Cmd: ['sleep', '9'], Env: ['A=1'], Labels: { b: '2', a: '1' }, Entrypoint: null, User: '' },
};
const containerd = {
  ...overlay2,
  Id: `sha256:${'b'.repeat(64)}`,
  Config: { Labels: { a: '1', b: '2' }, Env: ['A=1'], Cmd: ['sleep', '9'] },
};

let environment: Environment;

/** What `docker save` writes of the image, in both stores. */
async function savedByDocker(): Promise<void> {
  const { Architecture: architecture, Os: os, RootFS, Config: config } = overlay2;
  const stored = { architecture, os, rootfs: { type: 'layers', diff_ids: RootFS.Layers }, config };
  const configFile = `${createHash('sha256').update(JSON.stringify(stored)).digest('hex')}.json`;
  const parts = {
    'manifest.json': [{ Config: configFile, RepoTags: [image], Layers: [] }],
    [configFile]: stored,
    'index.json': {
      manifests: [{ digest: containerd.Id, annotations: { 'io.containerd.image.name': image } }],
    },
  };
  for (const [name, content] of Object.entries(parts)) writeFileSync(path.join(folder, name), JSON.stringify(content));
  await tar.create({ file: path.join(folder, 'saved.tar'), cwd: folder }, Object.keys(parts));
}

/** A Docker that has this image. */
function docker(inspected: { Id: string }): void {
  const lines = [
    '#!/bin/sh',
    'case "$*" in',
    `*'{{.Id}}'*) echo '${inspected.Id}' ;;`,
    `*'{{json .}}'*) echo '${JSON.stringify(inspected)}' ;;`,
    `save*) cp ${folder}/saved.tar "$3" ;;`,
    'esac',
  ];
  writeFileSync(path.join(folder, 'docker'), `${lines.join('\n')}\n`);
  chmodSync(path.join(folder, 'docker'), 0o755);
}

/** An archive with the image as the Docker has it that stands there. */
async function saved(): Promise<string> {
  await savedByDocker();
  const file = path.join(folder, 'all.tar');
  writeFileSync(path.join(folder, 'metallb.yaml'), 'kind: Namespace\n');
  const manifest = { metallbManifest: path.join(folder, 'metallb.yaml'), metallbManifestSha256: undefined };
  environment = { ...readEnvironment('public'), ...manifest };
  await saveArchive(file, environment, [image], [], []);
  return file;
}

test('an archive is loaded where images have other ids, because they are in another image store', async () => {
  docker(overlay2);
  const file = await saved();
  docker(containerd);
  await withArchive(file, (archive) => loadArchive(archive, environment));
  await withArchive(file, (archive) => {
    // an archive of an earlier version has the ids alone
    const images = archive.index.images.map(({ name, id }) => ({ name, id }));
    const old = { ...archive, index: { ...archive.index, images } };
    return expect(loadArchive(old, environment)).rejects.toThrow('these images differ from the saved ones');
  });
});

test.each([
  ['another layer', { ...containerd, RootFS: { Layers: ['sha256:1', 'sha256:3'] } }],
  ['another command', { ...containerd, Config: { ...containerd.Config, Cmd: ['9', 'sleep'] } }],
  ['another architecture', { ...containerd, Architecture: 'arm64' }],
])('an image with %s is refused', async (_, other) => {
  docker(overlay2);
  const file = await saved();
  docker(other);
  await withArchive(file, (archive) =>
    expect(loadArchive(archive, environment)).rejects.toMatchObject({
      message: `these images differ from the saved ones: ${image}`,
      remedy: expect.stringContaining('load the archive again') as string,
    }),
  );
});

test('an image that was pulled into another image store has the name as the same image', async () => {
  await savedByDocker();
  const saved = await savedImages(path.join(folder, 'saved.tar'));
  const pulled = { ...containerd, Id: `sha256:${'c'.repeat(64)}` };
  docker(pulled);
  await refuseOtherImages(saved);
  docker({ ...pulled, Architecture: 'arm64' } as { Id: string });
  await expect(refuseOtherImages(saved)).rejects.toThrow(`another image in this Docker already has the name ${image}`);
});

describe('a file of docker save is refused', () => {
  const write = (name: string, content: unknown): string => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), JSON.stringify(content));
    return path.join(folder, path.dirname(name));
  };
  const named = (name: string): unknown => [{ Config: `${'a'.repeat(64)}.json`, RepoTags: [name], Layers: [] }];

  test('with a second list of images, which Docker would read in place of the first', async () => {
    const file = path.join(folder, 'two.tar');
    await tar.create({ file, cwd: write('one/manifest.json', named(image)) }, ['manifest.json']);
    await tar.replace({ file, cwd: write('two/manifest.json', named('user/own:1')) }, ['./manifest.json']);
    await expect(savedImages(file)).rejects.toThrow('manifest.json exists twice');
  });

  test('not when its list of images is only written with a dot', async () => {
    const file = path.join(folder, 'dot.tar');
    await tar.create({ file, cwd: write('one/manifest.json', named(image)) }, ['./manifest.json']);
    expect([...(await savedImages(file)).keys()]).toEqual([image]);
  });

  test('with a list of images that is a link', async () => {
    const file = path.join(folder, 'link.tar');
    const cwd = write('one/other.json', named(image));
    symlinkSync('other.json', path.join(cwd, 'manifest.json'));
    await tar.create({ file, cwd }, ['other.json', 'manifest.json']);
    await expect(savedImages(file)).rejects.toThrow('manifest.json is not a file but a SymbolicLink');
  });

  test('with a configuration that has another sha256 than its name says', async () => {
    const file = path.join(folder, 'config.tar');
    const cwd = write('one/manifest.json', named(image));
    write(`one/${'a'.repeat(64)}.json`, {});
    await tar.create({ file, cwd }, ['manifest.json', `${'a'.repeat(64)}.json`]);
    await expect(savedImages(file)).rejects.toThrow('does not have the sha256 in its name');
  });
});
