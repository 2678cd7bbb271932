import { posix } from 'node:path';
import * as tar from 'tar';
import { z } from 'zod';
import { parseImage } from './image-name.js';
import { contentOf } from './image-content.js';
import { sha256Of } from '../kernel/sha256.js';

/** manifest.json of `docker save`. */
const manifestSchema = z.array(z.object({ Config: z.string(), RepoTags: z.array(z.string()).nullish() }));
/** index.json beside it, which a Docker with containerd's store reads. */
const ociSchema = z.object({
  manifests: z.array(z.object({ digest: z.string(), annotations: z.record(z.string(), z.string()).optional() })),
});
/** An image's configuration. */
const configSchema = z.object({
  architecture: z.string().optional(),
  os: z.string().optional(),
  rootfs: z.object({ diff_ids: z.array(z.string()).optional() }).optional(),
  config: z.record(z.string(), z.unknown()).nullish(),
});

/** Bytes of a list of images or of a configuration; real ones have a few thousand. */
const limit = 1024 * 1024;

/** What a Docker may know an image by that is loaded from a file. */
export interface SavedImage {
  /** That of its configuration, and that of its manifest. */
  ids: Set<string>;
  /** As `imageContents` has it. */
  contents: Set<string>;
}

/** An image's name with registry and tag written out, so that two spellings of one name are equal. */
export function wholeName(image: string): string {
  const { registry, repository, reference } = parseImage(image);
  return `${registry}/${repository}:${reference}`;
}

/** The images that `docker load` would name from a file of `docker save`, by name. Throws an Error when it is not such a file. */
export async function savedImages(file: string): Promise<Map<string, SavedImage>> {
  const lists = await filesIn(file, ['manifest.json', 'index.json']);
  const found = new Map<string, SavedImage>();
  const of = (name: string): SavedImage => {
    const whole = wholeName(name);
    const image = found.get(whole) ?? { ids: new Set(), contents: new Set() };
    found.set(whole, image);
    return image;
  };
  const manifest = manifestSchema.parse(json(lists.get('manifest.json')));
  const configs = await filesIn(
    file,
    manifest.map(({ Config }) => inArchive(Config)),
  );
  for (const { Config, RepoTags } of manifest) {
    const digits = /([0-9a-f]{64})(\.json)?$/.exec(Config)?.[1] ?? '';
    const config = configs.get(inArchive(Config));
    if (config !== undefined && sha256Of(config) !== digits)
      throw new Error(`${Config} does not have the sha256 in its name`);
    for (const image of (RepoTags ?? []).map(of)) {
      image.ids.add(`sha256:${digits}`);
      if (config !== undefined) image.contents.add(contentIn(config));
    }
  }
  if (lists.has('index.json')) {
    for (const { digest, annotations } of ociSchema.parse(json(lists.get('index.json'))).manifests) {
      const name = annotations?.['io.containerd.image.name'];
      if (name !== undefined) of(name).ids.add(digest);
    }
  }
  return found;
}

/** The path that an entry has when the archive is unpacked. */
function inArchive(entry: string): string {
  return posix.normalize(`/${entry}`).slice(1);
}

/** The content of these files of a tar archive, where it has them. Of two files at one path Docker would take the later one: that is refused. */
async function filesIn(file: string, wanted: readonly string[]): Promise<Map<string, Buffer>> {
  const chunks = new Map<string, Buffer[]>();
  const problems: string[] = [];
  await tar.list({
    file,
    strict: true,
    filter: (entry) => wanted.includes(inArchive(entry)),
    onReadEntry: (entry) => {
      const name = inArchive(entry.path);
      if (chunks.has(name)) problems.push(`${name} exists twice`);
      else if (entry.type !== 'File') problems.push(`${name} is not a file but a ${entry.type}`);
      else if (entry.size > limit) problems.push(`${name} has ${entry.size} bytes, more than ${limit}`);
      const own: Buffer[] = [];
      chunks.set(name, own);
      entry.on('data', (chunk) => own.push(chunk));
    },
  });
  if (problems[0] !== undefined) throw new Error(problems[0]);
  return new Map([...chunks].map(([name, own]) => [name, Buffer.concat(own)]));
}

function json(text: Buffer | undefined): unknown {
  return JSON.parse(text?.toString('utf8') || 'null') as unknown;
}

function contentIn(text: Buffer): string {
  const { architecture, os, rootfs, config } = configSchema.parse(json(text));
  return contentOf({
    Architecture: architecture,
    Os: os,
    RootFS: { Layers: rootfs?.diff_ids },
    Config: config ?? undefined,
  });
}
