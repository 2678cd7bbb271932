import { z } from 'zod';
import { cidr } from './schema.js';
import { imageRoles, programNames } from './types.js';

/** An image's name as Docker takes it; `{istio}` may stand in it. */
const image = z.string().regex(/^[a-z0-9{][^\s@]*(@sha256:[0-9a-f]{64})?$/, {
  error: 'is no image; allowed: [host/]path[:tag][@sha256:digest]',
});

const version = z
  .string()
  .regex(/^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$/, { error: 'is no version; allowed: three numbers, e.g. 1.31.0' });

const program = z.strictObject({
  version: z.union([version, z.literal('{istio}')], {
    error: 'is no version; allowed: three numbers, e.g. 1.31.0, or {istio}',
  }),
  url: z
    .url({ protocol: /^https?$/, error: 'is no address; allowed: https://... with {version}, {os} and {arch}' })
    .optional(),
  sha256: z
    .string()
    .regex(/^([0-9a-f]{64}|https?:\/\/\S+)$/, {
      error: 'is no checksum; allowed: 64 hex digits, or the address of a checksum file',
    })
    .optional(),
});

/** One schema for every word of a list: none may be missing and none is unknown. */
function each<Word extends string, Schema extends z.ZodType>(words: readonly Word[], schema: Schema) {
  return z.strictObject(Object.fromEntries(words.map((word) => [word, schema])) as Record<Word, Schema>);
}

export const environmentSchema = z.strictObject({
  description: z.string().min(1),
  kubernetes: version,
  istioVersions: z.array(version).min(1),
  images: each(imageRoles, image),
  istioHub: z.string().min(1),
  istioTag: z.string().min(1),
  metallbManifest: z.string().min(1),
  metallbManifestSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, { error: 'is no checksum; allowed: 64 hex digits' })
    .optional(),
  programs: each(programNames, program),
  // the pool is cut into blocks of /20
  addressPool: cidr(8, 20, ''),
  values: z.record(z.string(), z.unknown()).optional(),
  cpuRequest: z
    .string()
    .regex(/^([1-9][0-9]*m|[0-9]+(\.[0-9]+)?)$/, { error: 'is no amount of CPU; allowed: e.g. 10m or 0.5' }),
  maxWorkers: z.int().min(0).max(9).optional(),
  imagesAreLocal: z.boolean(),
  notes: z.array(z.string()).optional(),
});

/** What a user's meshproof.yaml may say: the options of the same names. */
export const configSchema = z
  .strictObject({
    environment: z.string().min(1),
    registry: z.string().min(1),
    mirror: z.string().min(1),
    images: z.string().min(1),
  })
  .partial();

/** A user's own images, role by role; any of them. */
export const imagesFileSchema = each(imageRoles, image).partial();
