import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { checksumOf } from '../clusters/checksum.js';
import { run } from '../clusters/command.js';
import type { Steps } from '../clusters/steps.js';
import { exitCode, MeshproofError } from '../topology/errors.js';
import { committedChecksums } from './checksums.js';
import { compile, fetchModules } from './go.js';
import type { GoProgram } from './go-programs.js';
import { cacheFolder, inHome } from './home.js';

/** Where a program is, once `providePrograms` has provided it. */
export function programFile(name: string): string {
  return inHome('programs', name);
}

/** How a program will be had: it is there, or in the cache, or must be compiled. */
export type Origin = 'present' | 'cache' | 'source';

export function originOf(name: string, cache = cacheFolder()): Origin {
  if (existsSync(programFile(name))) return 'present';
  return cache && existsSync(path.join(cache, `${name}.xz`)) ? 'cache' : 'source';
}

/** Seconds that providing the programs will take on two cores. */
export function estimate(programs: readonly GoProgram[], cache = cacheFolder()): number {
  const cost = { present: 0, cache: 1, source: undefined };
  return programs.reduce((sum, program) => sum + (cost[originOf(program.name, cache)] ?? program.seconds), 0);
}

/**
 * Provides programs in the lab's folder: unpacked from the cache, else compiled. What is there already stays, so that an
 * interrupted build goes on where it was. Throws (exit 4) when a program's checksum is not the committed one.
 */
export async function providePrograms(programs: readonly GoProgram[], steps: Steps): Promise<void> {
  const missing = programs.filter(({ name }) => originOf(name) !== 'present');
  if (missing.length === 0) return;
  await mkdir(inHome('programs'), { recursive: true });
  const cached = missing.filter(({ name }) => originOf(name) === 'cache');
  if (cached.length > 0) {
    await steps.step(`unpack ${cached.length} programs from ${cacheFolder()}`, {}, async () => {
      for (const { name } of cached) await provide(name, (file) => unpack(name, file));
    });
  }
  const sources = missing.filter((program) => !cached.includes(program));
  let left = sources.reduce((sum, { seconds }) => sum + seconds, 0);
  let ahead: Promise<void> | undefined;
  for (const [i, program] of sources.entries()) {
    const title = `build ${program.name} (${i + 1} of ${sources.length}; about ${minutes(left)} left in all)`;
    await steps.step(title, {}, async () => {
      // its failure is that of the download ahead of it, which is then done again, and reported, by the build
      await ahead?.catch(() => undefined);
      const next = sources[i + 1];
      ahead = next && next.module !== program.module ? fetchModules(next) : undefined;
      ahead?.catch(() => undefined);
      await provide(program.name, (file) => compile(program, file));
      await pack(program.name);
    });
    left -= program.seconds;
  }
}

/** Makes a program's file by `make`, verifies it, and only then gives it its name. */
async function provide(name: string, make: (file: string) => Promise<void>): Promise<void> {
  const file = programFile(name);
  const part = `${file}.part`;
  await rm(part, { force: true });
  await make(part);
  await verify(name, part);
  await chmod(part, 0o755);
  await rename(part, file);
}

async function unpack(name: string, file: string): Promise<void> {
  await run('sh', ['-c', 'xz -dc "$0" >"$1"', path.join(cacheFolder()!, `${name}.xz`), file], { timeout: 300 });
}

/** Throws when a program differs from the one whose checksum is committed; one that has none there is taken as it is. */
async function verify(name: string, file: string): Promise<void> {
  const expected = committedChecksums().get(name);
  if (expected === undefined) return;
  const actual = await checksumOf(file);
  if (actual === expected) return;
  const from = originOf(name);
  const where = from === 'cache' ? path.join(cacheFolder()!, `${name}.xz`) : file;
  throw new MeshproofError(`the program ${name} is not the one that the lab is made of`, exitCode.environment, {
    where,
    expected: `sha256 ${expected} (lab/SHA256SUMS), got ${actual}`,
    remedy:
      from === 'cache'
        ? 'remove it from the cache, and it is built from source'
        : 'the toolchain or a module differs: see `go version` and GOPROXY; a deliberate change is committed in lab/SHA256SUMS',
  });
}

/** Keeps a program that was compiled in the folder that MESHPROOF_LAB_CACHE names, for the next machine. */
async function pack(name: string): Promise<void> {
  const folder = process.env['MESHPROOF_LAB_CACHE'];
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  const file = path.resolve(folder, `${name}.xz`);
  await run('sh', ['-c', 'xz -T0 -6 -c "$0" >"$1.part" && mv "$1.part" "$1"', programFile(name), file], {
    timeout: 1200,
  });
}

/** Seconds as a person says them. */
export function minutes(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}
