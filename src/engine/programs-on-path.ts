import path from 'node:path';
import type { Programs } from '../supply/program-paths.js';
import { givenProgram, type FoundProgram } from '../supply/programs.js';
import type { ProgramResult } from '../supply/programs-of-plans.js';
import type { Progress } from './progress.js';

/** Puts programs on PATH, for others that run them by name; returns where those are that are run by path. */
export function usePrograms(programs: readonly ProgramResult[], progress?: Progress): Programs {
  const found = programs.flatMap((program) => ('error' in program ? [] : [program]));
  for (const program of found) putOnPath(program, progress);
  const of = (name: string) => found.filter((program) => program.name === name);
  return {
    kind: of('kind')[0]?.path ?? 'kind',
    istioctl: Object.fromEntries(of('istioctl').map(({ version, path: file }) => [version, file])),
    helm: of('helm')[0]?.path,
  };
}

function putOnPath(program: FoundProgram, progress?: Progress): void {
  if (program.note) progress?.note(program.note);
  const folder = path.dirname(program.path);
  const known = (process.env['PATH'] ?? '').split(path.delimiter);
  if (program.given && known[0] !== folder) process.env['PATH'] = [folder, ...known].join(path.delimiter);
  else if (!known.includes(folder)) process.env['PATH'] = [...known, folder].join(path.delimiter);
}

/**
 * Puts the docker and kubectl that MESHPROOF_DOCKER and MESHPROOF_KUBECTL name first on PATH, so that every command uses them.
 * Throws (exit 3) where one names something else.
 */
export async function useNamedPrograms(): Promise<void> {
  const named = await Promise.all((['docker', 'kubectl'] as const).map((name) => givenProgram(name)));
  for (const program of named) if (program) putOnPath(program);
}
