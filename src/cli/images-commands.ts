import { listImages, loadImages, pushPlannedImages, saveImages } from '../engine/move-images.js';
import { exitCode, type ExitCode } from '../kernel/errors.js';
import { agreeWith } from './agree.js';
import type { GlobalOptions } from './global-options.js';
import { print } from './print.js';
import type { ProgressDisplay } from './progress-display.js';

/** `meshproof images list`: every image, program and manifest of the plans, and which images are here. */
export async function listImagesCommand(
  names: readonly string[],
  options: GlobalOptions,
  progress: ProgressDisplay,
): Promise<ExitCode> {
  const list = await listImages(names, options, progress, agreeWith(options));
  const lines = [
    ...list.images.map(({ name, id }) => `image    ${name}  ${id ? `here, ${id.slice(7, 19)}` : 'not here'}`),
    ...list.programs.map(({ name, version, url }) => `program  ${name} ${version}  ${url ?? 'must be on PATH'}`),
    ...list.charts.map(({ version, from }) => `charts   Istio ${version}  ${from}`),
    `file     ${list.manifest}`,
  ];
  print(options, list, lines.join('\n'));
  return exitCode.passed;
}

/** `meshproof images save`: pulls and downloads what is missing, and puts everything into one archive. */
export async function saveImagesCommand(
  file: string,
  names: readonly string[],
  options: GlobalOptions,
  progress: ProgressDisplay,
): Promise<ExitCode> {
  await saveImages(file, names, options, progress, agreeWith(options));
  return exitCode.passed;
}

/** `meshproof images load`: from an archive into Docker and the cache of programs, or into a folder for a file server. */
export async function loadImagesCommand(
  file: string,
  flags: { folder?: string; force?: boolean },
  options: GlobalOptions,
  progress: ProgressDisplay,
): Promise<ExitCode> {
  await loadImages(file, flags, options, progress);
  return exitCode.passed;
}

/** `meshproof images push`: from the local Docker to a registry. */
export async function pushImagesCommand(
  registry: string,
  names: readonly string[],
  flags: { force?: boolean },
  options: GlobalOptions,
  progress: ProgressDisplay,
): Promise<ExitCode> {
  await pushPlannedImages(registry, names, flags, options, progress, agreeWith(options));
  return exitCode.passed;
}
