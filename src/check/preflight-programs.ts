import { readFile } from 'node:fs/promises';
import { freemem } from 'node:os';
import type { Requirement } from '../kernel/requirement.js';
import { gib } from '../kernel/text.js';
import type { ProgramResult } from '../supply/programs-of-plans.js';
import type { Plan } from '../topology/plan-types.js';
import type { UsableDocker } from './host-view.js';

/** A program, by what was found of it. */
export function programRequirement(program: ProgramResult): Requirement {
  const { name } = program;
  if (!('error' in program)) {
    const found = program.note ?? program.path;
    return {
      name,
      ok: program.note === undefined,
      found,
      expected: name,
      remedy: 'nothing to do if it works',
      level: 'warning',
    };
  }
  const { message, expected = name, remedy = `install ${name}` } = program.error;
  return { name, ok: false, found: message, expected, remedy, level: 'error' };
}

/** Measured: two clusters with a whole mesh in them use 2 GiB. */
const memoryPerCluster = 1024 ** 3;

/** Memory for the clusters of a plan. */
export async function memoryRequirement(
  plan: Plan,
  { info, reach }: Pick<UsableDocker, 'info' | 'reach'>,
): Promise<Requirement> {
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
    remedy: 'stop other programs or clusters (`kind get clusters`), or give Docker more memory',
    level: 'error',
  };
}
