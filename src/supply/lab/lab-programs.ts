import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import pLimit from 'p-limit';
import { checksumOf } from '../checksum.js';
import { run } from '../../kernel/run-program.js';
import { settleAll, together } from '../../kernel/cancellation.js';
import type { Steps } from '../../kernel/steps.js';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { committedChecksums } from './lab-checksums.js';
import { buildsAtOnce, compile, fetchModules, moduleFolder } from './go-toolchain.js';
import { buildsOf, compileSeconds, type GoProgram } from './go-programs.js';
import { cacheFolder, inHome } from './lab-home.js';

/** Where a program is, once `providePrograms` has provided it. */
export function programFile(name: string): string {
  return inHome('programs', name);
}

/** Where a program comes from: it is there, or in the cache, or must be compiled. */
export type Origin = 'present' | 'cache' | 'source';

export function originOf(name: string, cache = cacheFolder()): Origin {
  if (existsSync(programFile(name))) return 'present';
  return cache && existsSync(path.join(cache, `${name}.xz`)) ? 'cache' : 'source';
}

/** Seconds that providing the programs takes on two cores. */
export function estimate(programs: readonly GoProgram[], cache = cacheFolder()): number {
  const from = (origin: Origin): GoProgram[] => programs.filter(({ name }) => originOf(name, cache) === origin);
  return from('cache').length + compileSeconds(from('source'));
}

/** Provides programs in the lab's folder; see `startPrograms`. */
export async function providePrograms(programs: readonly GoProgram[], steps: Steps): Promise<void> {
  await together(() => settleAll([...startPrograms(programs, steps).values()]));
}

/**
 * Begins to provide programs in the lab's folder: one that is there is kept, so that an interrupted build is continued;
 * others are unpacked from the cache or compiled. Returns when each is there, by name; the caller awaits all of them, in a
 * scope of `together`. They reject (exit 4) when a program that was compiled has not the committed checksum.
 */
export function startPrograms(programs: readonly GoProgram[], steps: Steps): Map<string, Promise<void>> {
  const builds = (async () => {
    const there = await withoutBuild(programs, steps);
    const missing = programs.filter(({ name }) => !there.has(name));
    return startBuilds(missing, steps);
  })();
  return new Map(programs.map(({ name }) => [name, builds.then((started) => started.get(name))]));
}

/** Names of the programs that need no compiler: they are there, or were unpacked from the cache. */
async function withoutBuild(programs: readonly GoProgram[], steps: Steps): Promise<Set<string>> {
  await mkdir(inHome('programs'), { recursive: true });
  const names = programs.map(({ name }) => name);
  const there = new Set<string>();
  for (const name of names.filter((one) => originOf(one) === 'present')) {
    if (await isAccepted(name, programFile(name))) there.add(name);
    // of other sources: left by an earlier version of the project
    else await rm(programFile(name));
  }
  const cached = names.filter((name) => originOf(name) === 'cache');
  if (cached.length === 0) return there;
  const others: string[] = [];
  await steps.step(`unpack ${cached.length} programs from ${cacheFolder()}`, {}, async () => {
    const limit = pLimit(availableParallelism());
    const unpacking = cached.map((name) =>
      limit(async () => {
        if (await unpack(name)) there.add(name);
        else others.push(name);
      }),
    );
    await settleAll(unpacking);
  });
  if (others.length > 0) {
    steps.note(`built from source, because the cached ones come from other sources: ${others.sort().join(', ')}`);
  }
  return there;
}

/** Unpacks a program from the cache; false when it is not one that the lab is made of. */
async function unpack(name: string): Promise<boolean> {
  const part = `${programFile(name)}.part`;
  const packed = path.join(cacheFolder()!, `${name}.xz`);
  await run('sh', ['-c', 'xz -dc "$0" >"$1"', packed, part], { timeout: 300 });
  if (await isAccepted(name, part)) {
    await install(name, part);
    return true;
  }
  await rm(part);
  return false;
}

/** Is a file a program that lab/SHA256SUMS lists? One that has no checksum there is taken as it is. */
async function isAccepted(name: string, file: string): Promise<boolean> {
  const accepted = committedChecksums().get(name);
  return accepted === undefined || accepted.includes(await checksumOf(file));
}

/** Begins the builds of programs, `buildsAtOnce` at a time; returns when each program is there. */
function startBuilds(programs: readonly GoProgram[], steps: Steps): Map<string, Promise<void>> {
  const builds = buildsOf(programs);
  const started = new Map<string, Promise<void>>();
  const limit = pLimit(buildsAtOnce);
  let left = compileSeconds(programs);
  let fetched = Promise.resolve();
  let basics = Promise.resolve();
  for (const [i, build] of builds.entries()) {
    // a failure is that of a download ahead of the build, which does it again and reports it
    fetched = fetched.then(() => fetchModules(build)).catch(() => undefined);
    const modules = fetched;
    const make = (): Promise<void> => {
      const names = build.map(({ name }) => name).join(', ');
      const title = `build ${names} (${i + 1} of ${builds.length}; about ${minutes(left)} left in total)`;
      return steps.step(title, {}, () => modules.then(() => buildProgram(build)));
    };
    const made = basics.then(() => limit(make)).then(() => void (left -= secondsOf(build)));
    if (build[0]!.first) basics = made;
    for (const { name } of build) started.set(name, made);
  }
  return started;
}

const secondsOf = (build: readonly GoProgram[]): number => build.reduce((sum, { seconds }) => sum + seconds, 0);

async function buildProgram(build: readonly GoProgram[]): Promise<void> {
  const folder = await mkdtemp(inHome('programs', 'build-'));
  try {
    const files = await compile(build, folder);
    for (const [i, { name }] of build.entries()) {
      await verify(name, files[i]!, moduleFolder(build[0]!));
      await install(name, files[i]!);
      await pack(name);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Gives a verified file the name of its program. */
async function install(name: string, file: string): Promise<void> {
  await chmod(file, 0o755);
  await rename(file, programFile(name));
}

/** Throws when a program that was just compiled is not the one whose checksum is committed, if one is. */
async function verify(name: string, file: string, module: string): Promise<void> {
  const expected = committedChecksums().get(name)?.[0];
  if (expected === undefined) return;
  const actual = await checksumOf(file);
  if (actual === expected) return;
  throw new MeshproofError(`the program ${name} differs from the one that the lab uses`, exitCode.environment, {
    where: module,
    expected: `sha256 ${expected} (the first one in lab/SHA256SUMS), got ${actual}`,
    remedy: 'compare the toolchain and modules: `go version`, GOPROXY; commit a deliberate change in lab/SHA256SUMS',
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
