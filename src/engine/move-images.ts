import { statSync } from 'node:fs';
import path from 'node:path';
import { imageIds } from '../kernel/docker.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { environmentFile, environmentNames } from '../kernel/project-files.js';
import { layOut } from '../supply/archive-layout.js';
import { chartsNeeded } from '../supply/charts.js';
import { loadArchive, pushImages, saveArchive, withArchive, type PlannedProgram } from '../supply/image-archive.js';
import { imagesFile, refuseOtherFile, writeImagesFile } from '../supply/images-file.js';
import { fill } from '../supply/program-cache.js';
import { findPrograms, programsNeeded } from '../supply/programs-of-plans.js';
import { provideImages } from '../supply/provide-images.js';
import { checkRegistry, withoutDigest } from '../supply/registry-names.js';
import { imageRoles, type Environment } from '../topology/environment-types.js';
import type { Plan } from '../topology/plan-types.js';
import { readChosen } from './choose-environment.js';
import type { EnvironmentOptions } from './engine-options.js';
import { plansOf } from './plan-images-of.js';
import type { Agree, Progress } from './progress.js';

/** What plans need of the network. */
export interface ImageList {
  environment: string;
  /** `id` where the image is in the local Docker. */
  images: { name: string; id?: string }[];
  programs: { name: string; version: string; url?: string }[];
  /** Istio's, for helm. */
  charts: { version: string; from: string }[];
  /** MetalLB's. */
  manifest: string;
}

/** Every image, program and manifest of the plans, and which images are here. */
export async function listImages(
  names: readonly string[],
  options: EnvironmentOptions,
  progress: Progress,
  agree: Agree,
): Promise<ImageList> {
  const { environment, plans, images } = await plansOf(names, options, progress, agree);
  const ids = await imageIds(images);
  const rows = images.map((name) => ({ name, id: ids.get(name) }));
  const needed = new Map(
    plans.flatMap((plan) => programsNeeded(plan)).map((one) => [`${one.name} ${one.version}`, one]),
  );
  const programs = [...needed.values()].map(({ name, version }) => {
    const { url } = environment.programs[name];
    return { name, version, url: url && fill(url, version) };
  });
  const { metallbManifest: manifest } = environment;
  const charts = chartsNeeded(plans).map(({ version, from }) => ({ version, from }));
  return { environment: environment.name, images: rows, programs, charts, manifest };
}

/** Pulls and downloads what is missing, and puts everything into one archive. */
export async function saveImages(
  file: string,
  names: readonly string[],
  options: EnvironmentOptions,
  progress: Progress,
  agree: Agree,
): Promise<void> {
  checkTarget(file);
  const { environment, plans, images } = await plansOf(names, options, progress, agree);
  await progress.step(`${images.length} images`, {}, () => provideImages(environment, images, progress));
  const programs = await progress.step('programs', {}, () => programsOf(plans));
  await progress.step(`save ${file}`, {}, () => saveArchive(file, environment, images, programs, chartsNeeded(plans)));
}

/** Throws (exit 2) where an archive cannot be made: nothing is to be pulled for it then. */
function checkTarget(file: string): void {
  const isFolder = (name: string): boolean => statSync(name, { throwIfNoEntry: false })?.isDirectory() === true;
  const folder = path.dirname(path.resolve(file));
  const refused = (message: string, where: string, remedy: string): MeshproofError =>
    new MeshproofError(message, exitCode.usage, { where, expected: 'a file name for the archive', remedy });
  if (isFolder(file))
    throw refused('this is a folder', path.resolve(file), `use a file inside it: ${path.join(file, 'all.tar')}`);
  if (!isFolder(folder)) throw refused('the folder does not exist', folder, `create it: mkdir -p ${quoted(folder)}`);
}

/** The programs of the plans but docker, which a machine must have; one for each version that is asked for. */
async function programsOf(plans: readonly Plan[]): Promise<PlannedProgram[]> {
  const found = new Map<string, PlannedProgram>();
  for (const program of await findPrograms(plans)) {
    if ('error' in program) throw program.error;
    if (program.name !== 'docker') found.set(`${program.name} ${program.version}`, program);
  }
  return [...found.values()];
}

/** From an archive into Docker and the cache of programs, or into a folder for a file server. */
export async function loadImages(
  file: string,
  flags: { folder?: string; force?: boolean },
  options: EnvironmentOptions,
  progress: Progress,
): Promise<void> {
  const { folder } = flags;
  if (folder === undefined) await refuseOtherFile(flags);
  await progress.step(`load ${file}`, {}, () =>
    withArchive(file, async (archive) => {
      const { index } = archive;
      // an environment file of the user's own is not in the archive; one in meshproof.yaml says nothing of this archive
      const name = (!options.environmentFrom && options.environment) || index.environment;
      const asked = { ...options, ...index.request };
      if (folder !== undefined)
        return layOut(archive, folder, await readChosen(name, { ...asked, mirror: undefined }), flags);
      const environment = await readChosen(name, { ...asked, registry: undefined, images: undefined });
      await loadArchive(archive, environment, flags);
      await tellImages(environment, new Map(index.images.map(({ name }) => [name, withoutDigest(name)])), progress);
    }),
  );
}

/** From the local Docker to a registry. */
export async function pushPlannedImages(
  registry: string,
  names: readonly string[],
  flags: { force?: boolean },
  options: EnvironmentOptions,
  progress: Progress,
  agree: Agree,
): Promise<void> {
  checkRegistry(registry);
  await refuseOtherFile(flags);
  const { environment, images } = await plansOf(names, options, progress, agree);
  const pushed = await progress.step(`push ${images.length} images to ${registry}`, {}, () =>
    pushImages(images, registry, flags),
  );
  await tellImages(environment, pushed, progress);
}

/** Writes a file for --images: by which names a run finds the images of the environment now. */
async function tellImages(
  environment: Environment,
  moved: ReadonlyMap<string, string>,
  progress: Progress,
): Promise<void> {
  const roles = imageRoles.flatMap((role) => {
    const name = environment.images[role];
    if (name === undefined) return [];
    const now = moved.get(name) ?? movedTemplate(name, moved);
    if (now === undefined) return [];
    // nodes get the other images by `docker save`, which keeps no digest
    return [[role, role === 'kind-node' ? now : withoutDigest(now)] as const];
  });
  await writeImagesFile(Object.fromEntries(roles));
  progress.note(`use them with ${useOf(environment)}`);
}

/** The options that a run needs to find the images of the file, and the versions that they are of. */
export function useOf({ name, file, request }: Environment): string {
  const { istio, kubernetes, hub, tag } = request;
  const versions = Object.entries({ istio, kubernetes: kubernetes?.split('@')[0], hub, tag });
  const given = versions.flatMap(([option, value]) => (value === undefined ? [] : [`--${option} ${value}`]));
  // one of the user's own is known by its path
  const own = !environmentNames().includes(name) || path.resolve(environmentFile(name)) !== path.resolve(file);
  return [`--environment ${own ? quoted(file) : name}`, `--images ${imagesFile}`, ...given].join(' ');
}

/** A path as a shell takes it, which meshproof does not take for the name of one of its own files. */
function quoted(file: string): string {
  return /^[\w@%+=:,./-]+$/.test(file) ? file : `'${file.replaceAll("'", `'\\''`)}'`;
}

/** What an image with `{istio}` in its name is called now, in whatever version; undefined where none of its versions was moved. */
export function movedTemplate(template: string, moved: ReadonlyMap<string, string>): string | undefined {
  const [before, after] = template.split('{istio}');
  if (before === undefined || after === undefined) return undefined;
  for (const [from, to] of moved) {
    if (!from.startsWith(before) || !from.endsWith(after)) continue;
    const version = from.slice(before.length, from.length - after.length);
    const at = to.lastIndexOf(version);
    return `${to.slice(0, at)}{istio}${to.slice(at + version.length)}`;
  }
  return undefined;
}
