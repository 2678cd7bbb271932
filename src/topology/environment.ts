import { basename, dirname, isAbsolute, resolve } from 'node:path';
import type { z } from 'zod';
import { environmentSchema, imagesFileSchema } from './environment-schema.js';
import { ProblemsError } from './errors.js';
import { checkMirror, checkRegistry, inMirror, inRegistry } from './images.js';
import { mergeValues } from './merge.js';
import { fileFor } from './paths.js';
import { rememberPositions, type Locate } from './positions.js';
import { schemaProblems } from './schema-problems.js';
import { imageRoles, type Environment, type ImageRole } from './types.js';
import { parseYaml, readText } from './yaml-file.js';

export interface EnvironmentOverrides {
  /** host[:port][/path] that every image is taken from instead; path, tag and digest stay. */
  registry?: string;
  /** Address that programs and manifests are downloaded from instead: https://a/b is looked for at <mirror>/a/b. */
  mirror?: string;
  /** A YAML file of `role: image`; an image in it wins over `registry`. */
  imagesFile?: string;
}

/**
 * Reads an environment: a path, or the name of a file in environments/. Throws ProblemsError with everything that is
 * wrong with the files, MeshproofError (exit code 2) for a registry that cannot be one.
 */
export function readEnvironment(nameOrPath: string, overrides: EnvironmentOverrides = {}): Environment {
  const file = fileFor(nameOrPath, 'environments');
  const { data, locate } = readYaml(file, environmentSchema);
  let images: Record<ImageRole, string> = data.images;
  let { istioHub, imagesAreLocal } = data;
  let values = data.values ?? {};
  if (overrides.registry !== undefined) {
    const { registry } = overrides;
    checkRegistry(registry);
    images = Object.fromEntries(imageRoles.map((role) => [role, inRegistry(images[role], registry)])) as Record<
      ImageRole,
      string
    >;
    istioHub = inRegistry(istioHub, registry);
    imagesAreLocal = false;
  }
  if (overrides.imagesFile !== undefined) {
    const own = readYaml(overrides.imagesFile, imagesFileSchema).data;
    images = { ...images, ...own };
    values = mergeValues(values, istioImageValues(own));
  }
  const { mirror } = overrides;
  if (mirror !== undefined) checkMirror(mirror);
  const from = (address: string): string => (mirror === undefined ? address : inMirror(address, mirror));
  const environment: Environment = {
    ...data,
    programs: sourcesFrom(data.programs, from),
    name: basename(file).replace(/\.ya?ml$/, ''),
    file,
    images,
    istioHub,
    imagesAreLocal,
    values,
    notes: [
      ...(data.notes ?? []),
      ...(mirror === undefined ? [] : [`Programs and manifests are downloaded from ${mirror}.`]),
    ],
    metallbManifest: from(manifestPath(data.metallbManifest, file)),
  };
  rememberPositions(environment, locate);
  return environment;
}

/** Programs with other addresses to download them and their checksums from. */
function sourcesFrom(programs: Environment['programs'], from: (address: string) => string): Environment['programs'] {
  const moved = Object.entries(programs).map(([name, { version, url, sha256 }]) => {
    return [name, { version, ...(url ? { url: from(url) } : {}), ...(sha256 ? { sha256: from(sha256) } : {}) }];
  });
  return Object.fromEntries(moved) as Environment['programs'];
}

/** Reads a YAML file by a schema; throws ProblemsError with everything that is wrong with it. */
export function readYaml<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): { data: z.infer<Schema>; locate: Locate } {
  const { data, locate } = parseYaml(readText(file), file);
  const result = schema.safeParse(data);
  if (result.success) return { data: result.data, locate };
  const problems = schemaProblems(result.error, schema, data, file, locate);
  throw new ProblemsError(problems.sort((a, b) => a.line - b.line || a.column - b.column));
}

/** Istio's charts make an image's name from hub and tag unless it has a slash; one of the user's own may fit neither. */
function istioImageValues(images: Partial<Record<ImageRole, string>>): Record<string, unknown> {
  const { 'istio-pilot': pilot, 'istio-proxyv2': proxy } = images;
  return {
    ...(pilot ? { pilot: { image: pilot } } : {}),
    ...(proxy ? { global: { proxy: { image: proxy }, proxy_init: { image: proxy } } } : {}),
  };
}

/** `${NAME:-default}` is filled in here and in no other field; a relative path counts from the environment's folder. */
function manifestPath(manifest: string, file: string): string {
  const path = manifest.replace(
    /\$\{([A-Z_][A-Z0-9_]*)(?::-([^}]*))?\}/g,
    (_, name: string, fallback = '') => process.env[name] || fallback,
  );
  return /^https?:/.test(path) || isAbsolute(path) ? path : resolve(dirname(file), path);
}
