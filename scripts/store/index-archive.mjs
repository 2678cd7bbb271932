// An image as an index with more than one platform.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { $ } from 'zx';

const types = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  statement: 'application/vnd.in-toto+json',
};

/**
 * Writes `file` for `docker load`: `image` of the local Docker under another name, as an index. It has the image itself, an
 * attestation, as BuildKit adds one, and a manifest for another architecture whose content is missing, as after a pull.
 */
export async function writeIndexArchive(image, name, file) {
  const folder = `${file}.content`;
  mkdirSync(folder);
  await $`docker save ${image} | tar -x -C ${folder}`;
  const blob = (mediaType, content) => {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    const sha256 = createHash('sha256').update(text).digest('hex');
    writeFileSync(join(folder, 'blobs/sha256', sha256), text);
    return { mediaType, digest: `sha256:${sha256}`, size: Buffer.byteLength(text) };
  };
  const [saved] = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')).manifests;
  const own = { mediaType: saved.mediaType, digest: saved.digest, size: saved.size };
  const platform = { os: 'linux', architecture: 'amd64' };
  const attestation = blob(types.manifest, {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: blob(types.config, { architecture: 'unknown', os: 'unknown', rootfs: { type: 'layers', diff_ids: [] } }),
    layers: [blob(types.statement, { _type: 'https://in-toto.io/Statement/v0.1', subject: [] })],
  });
  const index = blob(types.index, {
    schemaVersion: 2,
    mediaType: types.index,
    manifests: [
      { ...own, platform },
      {
        mediaType: types.manifest,
        digest: `sha256:${'0123456789abcdef'.repeat(4)}`,
        size: 1024,
        platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
      },
      {
        ...attestation,
        platform: { os: 'unknown', architecture: 'unknown' },
        annotations: {
          'vnd.docker.reference.digest': own.digest,
          'vnd.docker.reference.type': 'attestation-manifest',
        },
      },
    ],
  });
  const annotations = {
    'io.containerd.image.name': name,
    'org.opencontainers.image.ref.name': name.split(':').at(-1),
  };
  const layout = { schemaVersion: 2, mediaType: types.index, manifests: [{ ...index, annotations }] };
  writeFileSync(join(folder, 'index.json'), JSON.stringify(layout));
  // Docker reads them first, and they know no index
  for (const old of ['manifest.json', 'repositories']) rmSync(join(folder, old), { force: true });
  await $`tar -c -f ${file} -C ${folder} .`;
  rmSync(folder, { recursive: true });
}
