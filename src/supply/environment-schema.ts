import { z } from 'zod';
import { registryPattern } from './registry-names.js';
import { cidr } from '../topology/topology-schema.js';
import { imageRoles, programNames } from '../topology/environment-types.js';
import { installerNames } from '../topology/topology-types.js';
import { istioPattern, releasePattern } from '../topology/version.js';

/** An image's name as Docker takes it; `{istio}` and `{kubernetes}` may stand in it. */
export const imageName = z.string().regex(/^[a-z0-9{][^\s@]*(@sha256:[0-9a-f]{64})?$/, {
  error: 'is not a valid image; allowed: [host/]path[:tag][@sha256:digest]',
});

const release = z
  .string()
  .regex(releasePattern, { error: 'is not a valid version; allowed: three numbers, e.g. 1.36.4' });
const istioVersion = z.string().regex(istioPattern, {
  error:
    'is not a valid version of Istio; allowed: three numbers, e.g. 1.31.1, or the name of a daily build, e.g. 1.32-alpha.<commit>',
});

const digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, { error: 'is not a valid digest; allowed: sha256: and 64 hex digits' });

const download = z.strictObject({
  url: z
    .url({
      protocol: /^https?$/,
      error: 'is not a valid address; allowed: https://... with {version}, {os} and {arch}',
    })
    .optional(),
  sha256: z
    .string()
    .regex(/^([0-9a-f]{64}|https?:\/\/\S+)$/, {
      error: 'is not a valid checksum; allowed: 64 hex digits, or the address of a checksum file',
    })
    .optional(),
});

const program = download.extend({
  version: z.union([release, z.literal('{istio}'), z.literal('{kubernetes}')], {
    error: 'is not a valid version; allowed: three numbers, e.g. 1.36.4, {istio} or {kubernetes}',
  }),
  systems: z.strictObject({ linux: download, darwin: download, windows: download }).partial().optional(),
});

/** `<version>` or `<version>@sha256:<digest of the node image>`. */
function isNodeRequest(text: string): boolean {
  const [version = '', ...digests] = text.split('@');
  return releasePattern.test(version) && digests.length < 2 && digests.every((one) => digest.safeParse(one).success);
}

/** The options that choose versions. */
export const versionOptions = {
  istio: z.union([istioVersion, z.enum(['newest', 'previous'])], {
    error: 'is not a valid version of Istio; allowed: three numbers, e.g. 1.31.1, a daily build, newest, or previous',
  }),
  installer: z.enum(installerNames, { error: `is not a valid installer; allowed: ${installerNames.join(', ')}` }),
  kubernetes: z.string().refine(isNodeRequest, {
    error:
      'is not a valid version of Kubernetes; allowed: three numbers, e.g. 1.36.4, optionally with @sha256:... of its node image',
  }),
  hub: z.string().regex(registryPattern, {
    error:
      'is not a valid hub; allowed: host[:port][/path] in small letters, without https:// and without a slash at the end',
  }),
  tag: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/, {
    error: 'is not a valid tag; allowed: letters, digits, "-", "_" and ".", at most 128',
  }),
  istioctl: z.string().min(1),
};

/** One schema for every word of a list: none may be missing and none is unknown. */
function each<Word extends string, Schema extends z.ZodType>(words: readonly Word[], schema: Schema) {
  return z.strictObject(Object.fromEntries(words.map((word) => [word, schema])) as Record<Word, Schema>);
}

/** Values by version of Kubernetes. */
const nodeDigests = z.record(z.string(), digest).superRefine((given, context) => {
  for (const key of Object.keys(given).filter((one) => !releasePattern.test(one)))
    context.addIssue({
      code: 'custom',
      path: [key],
      message: 'is not a valid version; allowed: three numbers, e.g. 1.36.4',
    });
});

/** Where names of an environment are documented, and when that was last looked at. */
const source = z.strictObject({
  names: z.array(z.string().min(1)).min(1),
  page: z.url({ protocol: /^https$/, error: 'is not a valid address; allowed: https://...' }),
  read: z.iso.date({ error: 'is not a valid date; allowed: e.g. 2026-11-29' }),
  evidence: z.string().min(1),
});

export const environmentSchema = z.strictObject({
  extends: z.string().min(1).optional(),
  description: z.string().min(1),
  kubernetes: release,
  nodeDigests: nodeDigests.optional(),
  istioVersions: z.array(istioVersion).min(1),
  // files of earlier versions have no istio-cni, which stands beside Istio's other images, and nothing for load
  images: each(imageRoles, imageName).extend({ 'istio-cni': imageName.optional(), load: imageName.optional() }),
  istioHub: z.string().min(1),
  istioTag: z.string().min(1),
  metallbManifest: z.string().min(1),
  metallbManifestSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, { error: 'is not a valid checksum; allowed: 64 hex digits' })
    .optional(),
  istioCharts: z.string().min(1).optional(),
  istioChartsSha256: z
    .string()
    .regex(/^([0-9a-f]{64}|https?:\/\/\S+)$/, {
      error: 'is not a valid checksum; allowed: 64 hex digits, or the address of a checksum file',
    })
    .optional(),
  programs: each(programNames, program),
  // the pool is cut into blocks of /20
  addressPool: cidr(8, 20, ''),
  values: z.record(z.string(), z.unknown()).optional(),
  cpuRequest: z
    .string()
    .regex(/^([1-9][0-9]*m|[0-9]+(\.[0-9]+)?)$/, { error: 'is not a valid amount of CPU; allowed: e.g. 10m or 0.5' }),
  maxWorkers: z.int().min(0).max(9).optional(),
  imagesAreLocal: z.boolean(),
  notes: z.array(z.string()).optional(),
  sources: z.array(source).optional(),
});

/** What a user's meshproof.yaml may say: the options of the same names. */
export const configSchema = z
  .strictObject({
    environment: z.string().min(1),
    registry: z.string().min(1),
    mirror: z.string().min(1),
    images: z.string().min(1),
    ...versionOptions,
  })
  .partial();

/** A user's own images, role by role; any of them. */
export const imagesFileSchema = each(imageRoles, imageName).partial();
