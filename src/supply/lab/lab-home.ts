import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { projectFolder } from '../../kernel/project-files.js';

/** What the lab is made of, as files of the project: Go modules, image definitions, checksums. */
export const definitions = path.join(projectFolder, 'lab');

/** Path in the lab's own folder, MESHPROOF_LAB_HOME; everything that the lab keeps is below it, Docker's data included. */
export function inHome(...parts: string[]): string {
  return path.join(path.resolve(process.env['MESHPROOF_LAB_HOME'] || '/var/lib/mesh-lab'), ...parts);
}

/** Folder of Docker's sockets and mounts, MESHPROOF_LAB_RUN; short, because a socket's path may have 107 characters only. */
export function runFolder(): string {
  return process.env['MESHPROOF_LAB_RUN'] || '/run/mesh-lab';
}

/** Where the lab's Docker listens and is looked for: DOCKER_HOST, by default Docker's usual socket. */
export function dockerHost(): string {
  return process.env['DOCKER_HOST'] || 'unix:///var/run/docker.sock';
}

/**
 * Folder of programs that were built before, as NAME.xz: MESHPROOF_LAB_CACHE, else `../shared/lab/bin` where it exists.
 * undefined: there is none, or the variable is empty, and programs are built from source.
 */
export function cacheFolder(): string | undefined {
  const given = process.env['MESHPROOF_LAB_CACHE'];
  if (given !== undefined) return given === '' ? undefined : path.resolve(given);
  const beside = path.join(projectFolder, '..', 'shared', 'lab', 'bin');
  return existsSync(beside) ? beside : undefined;
}

/** Puts the lab's programs behind those that are on PATH already: a Docker or kubectl of the machine's own wins. */
export function addProgramsToPath(): void {
  const known = (process.env['PATH'] ?? '').split(path.delimiter);
  const kubectls = inHome('kubectl');
  // of Kubernetes that was added to the lab, each in a folder of its own because kubectl is run by its name
  const added = existsSync(kubectls) ? readdirSync(kubectls).map((version) => path.join(kubectls, version)) : [];
  const folders = [inHome('bin'), ...added].filter((folder) => !known.includes(folder));
  process.env['PATH'] = [...known, ...folders].join(path.delimiter);
}
