import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tar from 'tar';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { layOut } from '../src/supply/archive-layout.js';
import { withArchive } from '../src/supply/image-archive.js';
import { addProgram } from '../src/supply/program-cache.js';
import { savedImages } from '../src/supply/saved-images.js';
import { readEnvironment } from '../src/supply/read-environment.js';
import { drawing, mutateJson, mutateText, refusal, type Draw } from './helpers/mutate.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const environment = { ...readEnvironment('public'), metallbManifestSha256: sha256('metallb.yaml') };
const names = ['images.tar', 'metallb.yaml', 'kind-0.33.0', 'istioctl-1.31.1'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'fuzz-'));
  vi.stubEnv('XDG_CACHE_HOME', path.join(folder, 'in/cache'));
  mkdirSync(path.join(folder, 'parts'));
  mkdirSync(path.join(folder, 'in'));
  for (const name of names) writeFileSync(path.join(folder, 'parts', name), name);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const index = {
  version: 1,
  environment: 'public',
  request: { istio: '1.31.1', kubernetes: '1.36.4' },
  images: [{ name: 'docker.io/curlimages/curl:8.16.0', id: `sha256:${'1'.repeat(64)}` }],
  imagesFile: { file: 'images.tar', sha256: sha256('images.tar') },
  programs: ['kind-0.33.0', 'istioctl-1.31.1'].map((file) => {
    const [name, version] = file.split('-');
    return { name, version, file, sha256: sha256(file) };
  }),
  manifest: { file: 'metallb.yaml', sha256: sha256('metallb.yaml') },
};

/** Makes the archive, and opens and uses it in `in/`, all of it but Docker. Demands that nothing is written elsewhere. */
async function open(archive: Buffer, input: string): Promise<boolean> {
  const root = path.join(folder, 'in');
  const file = path.join(root, 'a.tar');
  writeFileSync(file, archive);
  const error = await refusal(
    () =>
      withArchive(file, async (one) => {
        await layOut(one, path.join(root, 'mirror'), environment);
        for (const { name, version, file: part } of one.index.programs)
          await addProgram(name, { version }, { file: path.join(one.folder, part), packed: false });
      }),
    input,
  );
  expect(error?.code ?? 2, input).toBe(2);
  if (error) expect(error.describe(), input).toContain(root);
  // the folder that it was unpacked in is gone, and nothing lies beside ours
  expect(
    readdirSync(root).filter((name) => !['a.tar', 'mirror', 'cache'].includes(name)),
    input,
  ).toEqual([]);
  expect(readdirSync(folder).sort(), input).toEqual(['in', 'parts']);
  for (const name of ['mirror', 'cache']) rmSync(path.join(root, name), { recursive: true, force: true });
  return error === undefined;
}

function pack(indexText: string): Buffer {
  writeFileSync(path.join(folder, 'parts/index.json'), indexText);
  const file = path.join(folder, 'in/packed.tar');
  tar.create({ file, cwd: path.join(folder, 'parts'), sync: true, portable: true }, ['index.json', ...names]);
  const archive = readFileSync(file);
  rmSync(file);
  return archive;
}

test('500 damaged indexes of archives are refused with the path of the archive, or harm nothing', async () => {
  const draw = drawing(20);
  let used = 0;
  for (let i = 0; i < 500; i++) {
    const text = i % 4 ? JSON.stringify(mutateJson(index, draw)) : mutateText(JSON.stringify(index, null, 1), draw);
    if (await open(pack(text), text)) used++;
  }
  expect(used).toBeGreaterThan(25);
  expect(used).toBeLessThan(300);
});

/** Changes one header, its checksum right: a name that leads elsewhere, another type, a size that is none. */
function changeHeader(archive: Buffer, draw: Draw): void {
  const at = 512 * draw.below(archive.length / 512);
  const header = archive.subarray(at, at + 512);
  if (header.toString('latin1', 257, 262) !== 'ustar') return;
  const put = (text: string, offset: number, length: number): void => {
    header.fill(0, offset, offset + length);
    header.write(text, offset, length, 'latin1');
  };
  const other = ['../evil', '/tmp/evil', 'a/../../evil', 'index.json', 'kind-0.33.0', '', '..', 'x'.repeat(100)];
  if (draw.below(2)) put(draw.of(other), 0, 100);
  if (draw.below(2)) put(draw.of(['0', '1', '2', '3', '5', '6', '7', 'g', 'x', 'L', 'K', 'Z', '\u00ff']), 156, 1);
  if (draw.below(3) === 0) put(draw.of(['../parts/kind-0.33.0', '/etc/hostname', '../evil', '']), 157, 100);
  if (draw.below(4) === 0) put(draw.of(['77777777777', '00000000000', '-1', 'xyz', '00000001000']), 124, 12);
  put('        ', 148, 8);
  put(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
    8,
  );
}

test('400 archives with damaged bytes are refused with their path, or harm nothing', async () => {
  const draw = drawing(33);
  const whole = pack(JSON.stringify(index));
  expect(await open(whole, 'the whole archive')).toBe(true);
  let used = 0;
  for (let i = 0; i < 400; i++) {
    let archive = Buffer.from(whole);
    for (let edits = 1 + draw.below(3); edits > 0; edits--) {
      const at = draw.below(archive.length);
      switch (draw.below(5)) {
        case 0:
          archive[at] = draw.below(256);
          break;
        case 1:
          archive = Buffer.from(archive.subarray(0, at));
          break;
        case 2:
          archive = Buffer.concat([archive.subarray(0, at), archive.subarray(draw.below(archive.length))]);
          break;
        default:
          changeHeader(archive, draw);
      }
      if (archive.length === 0) break;
    }
    if (await open(archive, `archive ${i}`)) used++;
  }
  expect(used).toBeGreaterThan(25);
  expect(used).toBeLessThan(350);
});

test('300 damaged lists of saved images are read, or refused by an Error', async () => {
  const draw = drawing(18);
  const manifest = [{ Config: `blobs/sha256/${'1'.repeat(64)}`, RepoTags: ['curlimages/curl:8'], Layers: ['a'] }];
  const annotations = { 'io.containerd.image.name': 'docker.io/curlimages/curl:8' };
  const oci = { schemaVersion: 2, manifests: [{ digest: `sha256:${'2'.repeat(64)}`, annotations }] };
  const parts = path.join(folder, 'parts');
  let read = 0;
  for (let i = 0; i < 300; i++) {
    writeFileSync(path.join(parts, 'manifest.json'), JSON.stringify(mutateJson(manifest, draw)));
    writeFileSync(path.join(parts, 'index.json'), JSON.stringify(i % 2 ? oci : mutateJson(oci, draw)));
    const file = path.join(folder, 'in/images.tar');
    tar.create({ file, cwd: parts, sync: true }, ['manifest.json', 'index.json']);
    const found = await savedImages(file).catch((error: unknown) => error);
    if (found instanceof Map) read++;
    else expect(found).toMatchObject({ name: expect.not.stringMatching(/TypeError|RangeError/) as string });
  }
  expect(read).toBeGreaterThan(50);
  copyFileSync(path.join(parts, 'kind-0.33.0'), path.join(folder, 'in/images.tar'));
  await expect(savedImages(path.join(folder, 'in/images.tar'))).rejects.toThrow();
});
