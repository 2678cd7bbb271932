import { freemem } from 'node:os';
import { readFile } from 'node:fs/promises';
import { exitCode, MeshproofError, type ExitCode } from '../topology/errors.js';
import type { Plan } from '../topology/types.js';
import { dockerAnswers, dockerDisk, dockerNative, dockerSubnet, type DockerInfo } from './preflight-docker.js';
import { imageChecks } from './preflight-images.js';
import { inotifyChecks } from './preflight-inotify.js';
import { manifestCheck } from './manifest.js';
import type { ProgramResult } from './programs.js';

/** One thing that must be so before anything is made; all texts are without a final full stop. */
export interface Check {
  name: string;
  ok: boolean;
  found: string;
  expected: string;
  /** What to do, a sentence or a command; only read when `ok` is false. */
  remedy: string;
  /** A warning is shown and stops nothing. */
  level: 'error' | 'warning';
  /** Exit code of a run that this check stops; default 3. */
  code?: ExitCode;
}

/**
 * Looks at this machine before anything is made: programs, Docker, kernel limits, memory, disk, addresses, images.
 * Reads only; under 2 s unless an image must be looked for in a registry (at most 10 s). Where the mesh is up already, only
 * that programs and Docker are there: it has the room that it needs.
 */
export async function preflight(
  plan: Plan,
  programs: readonly ProgramResult[],
  { meshIsUp = false } = {},
): Promise<Check[]> {
  const checks = programs.map(programCheck);
  const docker = programs.find((program) => program.name === 'docker');
  if (plan.provider !== 'kind' || !docker || 'error' in docker) return checks;
  const { check, info } = await dockerAnswers(docker.path);
  checks.push(check);
  if (!info || meshIsUp) return checks;
  const native = await dockerNative(docker.path, info);
  const groups = await Promise.all([
    memoryCheck(plan, native.ok, info).then(one),
    dockerSubnet(docker.path, plan).then(one),
    native.ok ? dockerDisk(info).then(one) : Promise.resolve([]),
    imageChecks(docker.path, plan, info),
    manifestCheck(plan.environment).then(one),
    inotifyChecks(docker.path, plan, native.ok),
  ]);
  return [...checks, native, ...groups.flat()];
}

const one = (check: Check): Check[] => [check];

/** All failures of a preflight as one error, or undefined when nothing stops the run. */
export function preflightError(checks: readonly Check[]): MeshproofError | undefined {
  const failed = checks.filter((check) => !check.ok && check.level === 'error');
  if (failed.length === 0) return undefined;
  const code = failed.every((check) => check.code === exitCode.environment) ? exitCode.environment : exitCode.preflight;
  return new PreflightError(failed, code);
}

class PreflightError extends MeshproofError {
  override readonly name = 'PreflightError';
  constructor(
    readonly checks: readonly Check[],
    code: ExitCode,
  ) {
    super(`this machine is not ready: ${checks.map((check) => check.name).join(', ')}`, code);
  }

  override text(): string {
    return [this.message, ...this.checks.map(describeCheck)].join('\n');
  }
}

/** A failed check as plain text. */
export function describeCheck(check: Check): string {
  return `${check.name}: ${check.found}\n  expected: ${check.expected}\n  to do: ${check.remedy}`;
}

function programCheck(program: ProgramResult): Check {
  const { name } = program;
  if (!('error' in program)) {
    const found = program.note ?? program.path;
    return {
      name,
      ok: program.note === undefined,
      found,
      expected: name,
      remedy: 'nothing, if it works',
      level: 'warning',
    };
  }
  const { message, expected = name, remedy = `install ${name}` } = program.error;
  return { name, ok: false, found: message, expected, remedy, level: 'error' };
}

/** Measured: two clusters with a whole mesh in them use 2 GiB. */
const memoryPerCluster = 1024 ** 3;

async function memoryCheck(plan: Plan, native: boolean, info: DockerInfo): Promise<Check> {
  const meminfo = native ? await readFile('/proc/meminfo', 'utf8').catch(() => '') : '';
  const line = /^MemAvailable:\s+(\d+) kB/m.exec(meminfo)?.[1];
  const available = line ? Number(line) * 1024 : native ? freemem() : info.MemTotal;
  const needed = plan.clusters.length * memoryPerCluster;
  return {
    name: 'memory',
    ok: available >= needed,
    found: `${gib(available)} available`,
    expected: `${gib(needed)}: 1 GiB for each of ${plan.clusters.length} clusters`,
    remedy: 'end other programs or clusters (`kind get clusters`), or give Docker more memory',
    level: 'error',
  };
}

/** Bytes as GiB with one decimal. */
export function gib(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}
