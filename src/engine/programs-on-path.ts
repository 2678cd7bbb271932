import path from 'node:path';
import { givenProgram, type ProgramResult } from '../supply/programs.js';
import type { Progress } from './progress.js';

/** Puts programs on PATH, for others that run them by name; returns where each is. */
export function usePrograms(programs: readonly ProgramResult[], progress?: Progress): Map<string, string> {
  const paths = new Map<string, string>();
  for (const program of programs) {
    if ('error' in program) continue;
    if (program.note) progress?.note(program.note);
    paths.set(program.name, program.path);
    const folder = path.dirname(program.path);
    const known = (process.env['PATH'] ?? '').split(path.delimiter);
    if (program.given && known[0] !== folder) process.env['PATH'] = [folder, ...known].join(path.delimiter);
    else if (!known.includes(folder)) process.env['PATH'] = [...known, folder].join(path.delimiter);
  }
  return paths;
}

/**
 * Puts the docker and kubectl that MESHPROOF_DOCKER and MESHPROOF_KUBECTL name first on PATH, so that every command uses them.
 * Throws (exit 3) where one names something else.
 */
export async function useNamedPrograms(): Promise<void> {
  const named = await Promise.all((['docker', 'kubectl'] as const).map((name) => givenProgram(name)));
  usePrograms(named.filter((program) => program !== undefined));
}
