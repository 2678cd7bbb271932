import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { imageName, versionOptions } from './environment-schema.js';
import { programNames } from '../topology/environment-types.js';
import { istioPattern } from '../topology/version.js';

/** A name in a folder: it leads nowhere else. */
const fileName = z.string().regex(/^[A-Za-z0-9][\w.-]{0,199}$/, { error: 'is not a file name without a folder' });
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, { error: 'is not a sha256 of 64 hex digits' });
/** A file of an archive, with what it must hash to. */
const part = z.object({ file: fileName, sha256 });

/** index.json of an archive. It comes from a file of the user's, so that nothing in it is taken for true. */
const indexSchema = z.object({
  version: z.literal(1),
  environment: z.string().regex(/^[^/\\\0]+$/, { error: 'is not the name of an environment' }),
  request: z
    .object({
      istio: versionOptions.istio,
      kubernetes: versionOptions.kubernetes,
      hub: versionOptions.hub,
      tag: versionOptions.tag,
    })
    .partial()
    .optional(),
  images: z.array(
    z.object({
      name: imageName,
      id: z.string().regex(/^sha256:[0-9a-f]{64}$/, { error: 'is not the id of an image, sha256:...' }),
      /** As `imageContents` has it; archives of earlier versions have none. */
      content: z.string().optional(),
    }),
  ),
  imagesFile: part,
  programs: z
    .array(
      part.extend({
        name: z.enum(programNames),
        version: z.string().regex(istioPattern, { error: 'is not a valid version' }),
        /** The file is the archive that the program was downloaded in. */
        packed: z.boolean().optional(),
      }),
    )
    .refine((programs) => new Set(programs.map(({ name, version }) => `${name} ${version}`)).size === programs.length, {
      error: 'has a program of one version twice',
    }),
  manifest: part,
  /** Istio's charts of each version that helm installs; archives of earlier versions have none. */
  charts: z
    .array(part.extend({ version: z.string().regex(istioPattern, { error: 'is not a valid version' }) }))
    .default([]),
});

/** What an archive holds; index.json in it. */
export type ArchiveIndex = z.infer<typeof indexSchema>;

/** Reads index.json. Throws an Error that says in one line each what is wrong with it. */
export async function readIndex(file: string): Promise<ArchiveIndex> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Error(cause.code === 'ENOENT' ? 'it has no index.json' : `its index.json: ${cause.message}`, { cause });
  });
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw new Error('its index.json is not JSON', { cause });
  }
  const version = (data as { version?: unknown } | null)?.version;
  if (typeof version === 'number' && version !== 1)
    throw new Error(`its format is ${version}, and this meshproof reads format 1`);
  const checked = indexSchema.safeParse(data, { reportInput: true });
  if (checked.success) return checked.data;
  const problems = checked.error.issues.slice(0, 10).map(({ path, message, input }) => {
    return `${path.join('.') || 'the whole'} ${input === undefined ? 'is missing' : message}`;
  });
  throw new Error(`its index.json is not valid: ${problems.join('; ')}`);
}
