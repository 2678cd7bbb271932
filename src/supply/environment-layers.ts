import { statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { ProblemsError } from '../kernel/errors.js';
import { mergeValues } from '../kernel/merge-values.js';
import { nearest } from '../kernel/nearest-word.js';
import { environmentFile, environmentNames, isPath } from '../kernel/project-files.js';
import type { Path, Position } from '../topology/positions.js';
import { readYaml } from '../topology/read-yaml.js';

/** An environment file merged over those that it extends; only `extends` is checked yet. */
export interface LayeredFile {
  data: Record<string, unknown>;
  /** Where a value comes from; for what is nowhere, the nearest thing around it. */
  locate: (path: Path, part?: 'key' | 'value') => Position & { file: string };
  /** The stem of the file at the end of `extends`: the base environment. */
  base: string;
}

const layerSchema = z.looseObject({ extends: z.string().min(1).optional() });

type Layer = ReturnType<typeof readYaml<typeof layerSchema>> & { file: string };

/** What is only right for another field of the same file, so that a file that has the field and not this takes it away. */
const pins: [field: Path, pin: string][] = [
  [['metallbManifest'], 'metallbManifestSha256'],
  [['images', 'kind-node'], 'nodeDigests'],
  [['istioCharts'], 'istioChartsSha256'],
];

/**
 * Reads an environment file with everything that it extends. Objects are merged key by key, everything else is replaced.
 * Throws ProblemsError for what cannot be read, and for `extends` that leads nowhere or in a circle.
 */
export function readLayers(nameOrPath: string): LayeredFile {
  const layers: Layer[] = [];
  for (let file: string | undefined = environmentFile(nameOrPath); file !== undefined;) {
    const layer: Layer = { file, ...readYaml(file, layerSchema) };
    layers.push(layer);
    file = extended(layer, layers);
  }
  let data: Record<string, unknown> = {};
  for (const layer of layers.toReversed()) {
    const own = { ...layer.data };
    for (const key of ['metallbManifest', 'istioCharts']) {
      const place = own[key];
      if (typeof place === 'string') own[key] = placeOf(place, layer.file);
    }
    for (const [field, pin] of pins) if (depthOf(own, field) === field.length) delete data[pin];
    data = mergeValues(data, own);
  }
  return {
    data,
    base: basename(layers.at(-1)!.file).replace(/\.ya?ml$/, ''),
    locate: (path, part) => {
      const depths = layers.map((layer) => depthOf(layer.data, path));
      const { file, locate } = layers[depths.indexOf(Math.max(...depths))]!;
      return { file, ...locate(path, part) };
    },
  };
}

/** The file that a layer extends. */
function extended({ file, data, locate }: Layer, layers: readonly Layer[]): string | undefined {
  const given = data.extends;
  if (given === undefined) return undefined;
  const refuse = (message: string, allowed: string, suggestion?: string): never => {
    throw new ProblemsError([{ file, ...locate(['extends']), message, read: given, allowed, suggestion }]);
  };
  const beside = isPath(given) && !isAbsolute(given);
  const next = beside ? join(dirname(file), given) : environmentFile(given);
  if (!isFile(next)) {
    const names = environmentNames();
    refuse('unknown environment', `${names.join(', ')}, or the path of a file`, nearest(given, names));
  }
  const round = layers.map((layer) => resolve(layer.file)).indexOf(resolve(next));
  if (round >= 0) {
    const way = layers.slice(round).map((layer) => basename(layer.file));
    refuse(`extends is circular: it returns to ${way.join(', then ')}`, 'a file that does not extend this one');
  }
  return next;
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** How many parts of a path lead to something. */
function depthOf(data: unknown, path: Path): number {
  let value = data;
  for (const [depth, part] of path.entries()) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return depth;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return path.length;
}

/** `${NAME:-default}` is filled in here and in no other field; a relative path counts from the folder of its file. */
function placeOf(place: string, file: string): string {
  const path = place.replace(
    /\$\{([A-Z_][A-Z0-9_]*)(?::-([^}]*))?\}/g,
    (_, name: string, fallback = '') => process.env[name] || fallback,
  );
  return /^(https?|oci):/.test(path) || isAbsolute(path) ? path : resolve(dirname(file), path);
}
