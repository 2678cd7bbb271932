import { freemem } from 'node:os';
import { readFile } from 'node:fs/promises';
import type { Plan } from '../topology/plan-types.js';
import { gib } from '../kernel/text.js';
import { preflightError, type Check } from '../kernel/preflight-check.js';
import { reachOf, type DockerInfo, type Reach } from '../provider/kind/docker-reach.js';
import { dockerAddresses, dockerAnswers, dockerDisk, dockerSubnet } from './preflight-docker.js';
import { imageChecks } from './preflight-images.js';
import { inotifyChecks } from './preflight-inotify.js';
import { chartChecks } from './charts-check.js';
import { manifestCheck } from './manifest-check.js';
import type { ProgramResult } from '../supply/programs-of-plans.js';

/** A Docker daemon that clusters can be made in. */
export interface DockerFound {
  info: DockerInfo;
  /** Undefined where it was not looked at, because the mesh is up. */
  reach?: Reach;
}

/**
 * Looks at Docker alone, within 10 s: when it does not answer, or its containers are out of reach, everything else is in vain.
 * Throws (exit 3). Where the mesh is up already, only the daemon is asked.
 */
export async function checkDocker(plan: Plan, docker: string, { meshIsUp = false } = {}): Promise<DockerFound> {
  const { check, info } = await dockerAnswers(docker);
  if (!info) throw preflightError([check])!;
  if (meshIsUp) return { info };
  const reach = await reachOf(plan, info);
  const error = preflightError([dockerAddresses(reach, info)]);
  if (error) throw error;
  return { info, reach };
}

/**
 * Looks at this machine before anything is made: programs, kernel limits, memory, disk, addresses, images. Reads only; under 2 s.
 * `docker` is what `checkDocker` has found; without it only the programs are looked at. Everything is for the largest plan but the
 * images, which are those of all.
 */
export async function preflight(
  plans: readonly Plan[],
  programs: readonly ProgramResult[],
  docker?: DockerFound,
): Promise<Check[]> {
  const checks = [...programs.map(programCheck), ...(await chartChecks(plans))];
  if (!docker?.reach) return checks;
  const plan = largest(plans);
  const groups = await Promise.all([
    memoryCheck(plan, docker).then(one),
    dockerSubnet(plan).then(one),
    docker.reach === 'native' ? dockerDisk(plan, docker.info).then(one) : Promise.resolve([]),
    imageChecks(plans),
    manifestCheck(plan.environment).then(one),
    inotifyChecks('docker', plan, docker.reach),
  ]);
  return [...checks, ...groups.flat()];
}

const one = (check: Check): Check[] => [check];

/** The plan with the most clusters: a machine that can carry it can carry the others. */
export function largest(plans: readonly Plan[]): Plan {
  return plans.reduce((most, plan) => (plan.clusters.length > most.clusters.length ? plan : most));
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

async function memoryCheck(plan: Plan, { info, reach }: DockerFound): Promise<Check> {
  const sameKernel = reach === 'native' || reach === 'joins';
  const meminfo = sameKernel ? await readFile('/proc/meminfo', 'utf8').catch(() => '') : '';
  const line = /^MemAvailable:\s+(\d+) kB/m.exec(meminfo)?.[1];
  const available = line ? Number(line) * 1024 : sameKernel ? freemem() : info.MemTotal;
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
