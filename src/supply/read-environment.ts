import { basename, resolve } from 'node:path';
import { chooseNode, listOf, withHubAndTag, type NodeChoice } from './choose-versions.js';
import type { Complaint } from '../topology/complaint.js';
import { readLayers, type LayeredFile } from './environment-layers.js';
import type { z } from 'zod';
import { environmentSchema, imagesFileSchema } from './environment-schema.js';
import { exitCode, MeshproofError, ProblemsError } from '../kernel/errors.js';
import { checkMirror, checkRegistry, inMirror, inRegistry } from './registry-names.js';
import { mergeValues } from '../kernel/merge-values.js';
import { environmentFile } from '../kernel/project-files.js';
import { readYaml } from '../topology/read-yaml.js';
import { schemaProblems } from '../topology/schema-problems.js';
import { systemOf } from './machine-system.js';
import type { Environment, EnvironmentImages, ImageRole, VersionRequest } from '../topology/environment-types.js';
import { compareVersions } from '../topology/version.js';

export interface EnvironmentOverrides {
  /** host[:port][/path] that every image is taken from instead; path, tag and digest stay. */
  registry?: string;
  /** Address that programs and manifests are downloaded from instead: https://a/b is looked for at <mirror>/a/b. */
  mirror?: string;
  /** A YAML file of `role: image`; an image in it wins over `registry` and `hub`. */
  imagesFile?: string;
  /** Versions that go before those of the file. */
  versions?: VersionRequest;
}

/**
 * Reads an environment: a path, or the name of a file in environments/, with what it extends. Throws ProblemsError with
 * everything that is wrong with the files, MeshproofError (exit code 2) for an override that cannot be.
 */
export function readEnvironment(
  nameOrPath: string,
  overrides: EnvironmentOverrides = {},
  platform: NodeJS.Platform = process.platform,
): Environment {
  const layers = readLayers(nameOrPath);
  const name = basename(nameOrPath).replace(/\.ya?ml$/, '');
  const { extends: _, sources: __, nodeDigests, ...data } = checked(layers);
  const { registry, mirror, versions: request = {} } = overrides;
  let { istioHub, imagesAreLocal } = data as Pick<Environment, 'istioHub' | 'imagesAreLocal'>;
  const cni = data.images['istio-cni'] ?? `${data.istioHub}/install-cni:${data.istioTag}`;
  let images: Environment['images'] = { ...data.images, 'istio-cni': cni };
  let { istioTag } = data;
  let values = data.values ?? {};
  if (registry !== undefined) {
    checkRegistry(registry);
    images = mapImages(images, (image) => inRegistry(image, registry));
    istioHub = inRegistry(istioHub, registry);
    imagesAreLocal = false;
  }
  ({ images, istioHub, istioTag } = withHubAndTag({ images, istioHub, istioTag }, request));
  if (request.hub !== undefined && request.hub !== data.istioHub) imagesAreLocal = false;
  const own = overrides.imagesFile === undefined ? undefined : readYaml(overrides.imagesFile, imagesFileSchema);
  if (own) {
    images = { ...images, ...own.data };
    values = mergeValues(values, istioImageValues(own.data));
  }
  const ownNode = own?.data['kind-node'] !== undefined;
  const source = {
    // a name without a version is of the one that it is given with
    kubernetes: (ownNode && request.kubernetes?.split('@')[0]) || data.kubernetes,
    image: images['kind-node'],
    digests: ownNode ? undefined : nodeDigests,
  };
  const node = chooseNode(source, request.kubernetes);
  if ('path' in node) {
    if (own && ownNode) throw problem(node, { file: overrides.imagesFile!, ...own.locate(['kind-node']) });
    throw nodeError(node, request, layers);
  }
  const versions = Object.keys(nodeDigests ?? { [data.kubernetes]: '' }).sort(compareVersions);
  if (mirror !== undefined) checkMirror(mirror);
  const from = (address: string): string => (mirror === undefined ? address : inMirror(address, mirror));
  return {
    ...data,
    name,
    file: environmentFile(nameOrPath),
    base: layers.base,
    kubernetes: node.kubernetes,
    request,
    images: { ...images, 'kind-node': node.image },
    programs: programsOf(forSystem(data.programs, systemOf(platform)), node, request, from),
    istioHub,
    istioTag,
    imagesAreLocal,
    values,
    notes: [
      ...(data.notes ?? []),
      ...(node.listed ? [] : [`Kubernetes ${node.kubernetes} is used; environment ${name} lists ${listOf(versions)}.`]),
      ...(mirror === undefined ? [] : [`Programs and manifests are downloaded from ${mirror}.`]),
    ],
    metallbManifest: from(data.metallbManifest),
    ...(data.istioCharts && { istioCharts: from(data.istioCharts) }),
    ...(data.istioChartsSha256 && { istioChartsSha256: from(data.istioChartsSha256) }),
  };
}

/** Data that the schema allows; throws ProblemsError with everything else, each in the file that it stands in. */
function checked({ data, locate }: LayeredFile) {
  const result = environmentSchema.safeParse(data);
  if (result.success) return result.data;
  const { file } = locate([]);
  const problems = schemaProblems(result.error, environmentSchema, data, file, locate);
  throw new ProblemsError(
    problems.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column),
  );
}

/** What is wrong with the version of Kubernetes, where it was asked for: by the option, or in a file. */
function nodeError(complaint: Complaint, request: VersionRequest, { locate }: LayeredFile): MeshproofError {
  if (request.kubernetes === undefined) return problem(complaint, locate(complaint.path));
  const { message, allowed, suggestion } = complaint;
  return new MeshproofError(message, exitCode.usage, {
    where: `--kubernetes ${request.kubernetes}`,
    expected: allowed,
    remedy: suggestion && `did you mean ${suggestion}?`,
  });
}

function problem({ path: _, part: __, ...rest }: Complaint, at: { file: string; line: number; column: number }) {
  return new ProblemsError([{ ...at, ...rest }]);
}

function mapImages(images: EnvironmentImages, change: (image: string) => string): EnvironmentImages {
  const changed = Object.entries(images).map(([role, image]) => [role, change(image)]);
  return Object.fromEntries(changed) as EnvironmentImages;
}

/** Programs with the addresses of one system. */
function forSystem(programs: z.infer<typeof environmentSchema>['programs'], system: string): Environment['programs'] {
  const chosen = Object.entries(programs).map(([name, { systems = {}, ...usual }]) => {
    const own = Object.entries(systems).find(([name]) => name === system)?.[1];
    return [name, own ? { version: usual.version, ...own } : usual];
  });
  return Object.fromEntries(chosen) as Environment['programs'];
}

/** Programs with the version of Kubernetes filled in, the address to download them from, and istioctl where the user has it. */
function programsOf(
  programs: Environment['programs'],
  { kubernetes }: NodeChoice,
  { istioctl }: VersionRequest,
  from: (address: string) => string,
): Environment['programs'] {
  const filled = Object.entries(programs).map(([name, { version, url, sha256 }]) => {
    const source = {
      version: version.replaceAll('{kubernetes}', kubernetes),
      ...(name === 'istioctl' && istioctl !== undefined ? { path: resolve(istioctl) } : {}),
      ...(url ? { url: from(url) } : {}),
      ...(sha256 ? { sha256: from(sha256) } : {}),
    };
    return [name, source];
  });
  return Object.fromEntries(filled) as Environment['programs'];
}

/** Istio's charts make an image's name from hub and tag unless it has a slash; one of the user's own may fit neither. */
function istioImageValues(images: Partial<Record<ImageRole, string>>): Record<string, unknown> {
  const { 'istio-pilot': pilot, 'istio-proxyv2': proxy, 'istio-cni': cni } = images;
  return {
    ...(cni ? { cni: { image: cni } } : {}),
    ...(pilot ? { pilot: { image: pilot } } : {}),
    ...(proxy ? { global: { proxy: { image: proxy }, proxy_init: { image: proxy } } } : {}),
  };
}
