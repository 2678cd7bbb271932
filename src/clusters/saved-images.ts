import * as tar from 'tar';
import { z } from 'zod';
import { parseImage } from '../topology/image-name.js';

/** manifest.json of `docker save`. */
const manifestSchema = z.array(z.object({ Config: z.string(), RepoTags: z.array(z.string()).nullish() }));
/** index.json beside it, which a Docker with containerd's store reads. */
const ociSchema = z.object({
  manifests: z.array(z.object({ digest: z.string(), annotations: z.record(z.string(), z.string()).optional() })),
});

/** Bytes of a list of images; real ones have a few thousand. */
const limit = 1024 * 1024;

/** An image's name with registry and tag written out, so that two spellings of one name are equal. */
export function wholeName(image: string): string {
  const { registry, repository, reference } = parseImage(image);
  return `${registry}/${repository}:${reference}`;
}

/**
 * The names that `docker load` would give to what a file of `docker save` holds, and the ids that each may have in a Docker: that of
 * its configuration, or that of its manifest. Throws an Error when it is not such a file.
 */
export async function savedImages(file: string): Promise<Map<string, Set<string>>> {
  const texts = new Map<string, Buffer[]>();
  await tar.list({
    file,
    strict: true,
    filter: (entry) => entry === 'manifest.json' || entry === 'index.json',
    onReadEntry: (entry) => {
      if (entry.size > limit) return;
      const chunks: Buffer[] = [];
      texts.set(entry.path, chunks);
      entry.on('data', (chunk) => chunks.push(chunk));
    },
  });
  const read = (name: string): unknown =>
    JSON.parse(Buffer.concat(texts.get(name) ?? []).toString('utf8') || 'null') as unknown;
  const found = new Map<string, Set<string>>();
  const add = (name: string, id: string): void => {
    const whole = wholeName(name);
    found.set(whole, (found.get(whole) ?? new Set()).add(id));
  };
  for (const { Config, RepoTags } of manifestSchema.parse(read('manifest.json'))) {
    const digits = /([0-9a-f]{64})(\.json)?$/.exec(Config)?.[1] ?? '';
    for (const name of RepoTags ?? []) add(name, `sha256:${digits}`);
  }
  if (texts.has('index.json')) {
    for (const { digest, annotations } of ociSchema.parse(read('index.json')).manifests) {
      const name = annotations?.['io.containerd.image.name'];
      if (name !== undefined) add(name, digest);
    }
  }
  return found;
}
