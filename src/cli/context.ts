import path from 'node:path';
import { dockerAnswers, imageIds, usedSubnets } from '../clusters/docker.js';
import { preflight, preflightError } from '../clusters/preflight.js';
import { findPrograms } from '../clusters/programs.js';
import { canCarryLab } from '../lab/debian.js';
import { readEnvironment } from '../topology/environment.js';
import { makePlan } from '../topology/plan.js';
import type { Environment, Plan, Topology } from '../topology/types.js';
import { labUpCommand } from './lab.js';
import type { GlobalOptions } from './options.js';
import type { Progress } from './progress.js';

/**
 * Which environment, and in one line why: asked for, else found by looking at the machine. Docker that holds the lab's
 * images is the lab; without Docker, a machine that could build the lab gets it; everything else is `public`.
 */
export async function chooseEnvironment(options: GlobalOptions): Promise<{ name: string; why: string }> {
  if (options.environment)
    return { name: options.environment, why: `asked for by ${options.environmentFrom ?? '--environment'}` };
  const variable = process.env['MESHPROOF_ENVIRONMENT'];
  if (variable) return { name: variable, why: 'asked for by MESHPROOF_ENVIRONMENT' };
  const labImage = readEnvironment('lab').images['kind-node'];
  if ((await imageIds([labImage])).size > 0)
    return { name: 'lab', why: `the local Docker has the lab's image ${labImage}` };
  if (await dockerAnswers()) return { name: 'public', why: "Docker answers and has none of the lab's images" };
  if (canCarryLab()) return { name: 'lab', why: 'Docker does not answer, and the lab brings its own' };
  return { name: 'public', why: 'the default' };
}

/** The environment, with the lab brought up when it is the lab's and something of it is missing. */
export async function openEnvironment(options: GlobalOptions, progress: Progress): Promise<Environment> {
  const { name, why } = await chooseEnvironment(options);
  progress.note(`environment ${name}: ${why}`);
  const environment = readChosen(name, options);
  // a Docker that the user has named is not the lab's to start
  const ours = environment.name === 'lab' && !process.env['DOCKER_HOST'] && canCarryLab();
  if (ours && !(await labIsUp(environment))) await labUpCommand(options, progress);
  return environment;
}

/** An environment with what the options say of its registry, mirror and images. */
export function readChosen(name: string, { registry, mirror, images }: GlobalOptions): Environment {
  return readEnvironment(name, { registry, mirror, imagesFile: images });
}

/** Docker and the node image are there: what the lab needs, as far as it can be told at once. */
async function labIsUp(environment: Environment): Promise<boolean> {
  return (await imageIds([environment.images['kind-node']])).size > 0;
}

/** The plan of a topology on this machine: its Docker networks are asked for, nothing is made. */
export async function planFor(
  topology: Topology,
  environment: Environment,
  runId: string,
  taken: readonly string[] = [],
): Promise<Plan> {
  const used = topology.provider === 'kind' ? await usedSubnets().catch(() => []) : [];
  return makePlan(topology, environment, { runId, usedSubnets: [...used, ...taken] });
}

/** Absolute paths of the programs that are run by path. */
export interface Programs {
  kind: string;
  istioctl: string;
}

/**
 * Finds the programs and checks the machine. Throws (exit 3 or 4) with every reason at once. Programs that were
 * downloaded are put on this process's PATH.
 */
export async function checkMachine(plan: Plan, progress: Progress, { meshIsUp = false } = {}): Promise<Programs> {
  return progress.step('preflight', {}, async () => {
    const programs = await findPrograms(plan);
    const checks = await preflight(plan, programs, { meshIsUp });
    const error = preflightError(checks);
    if (error) throw error;
    for (const check of checks) if (!check.ok) progress.note(`${check.name}: ${check.found}; ${check.remedy}`);
    const paths = new Map<string, string>();
    for (const program of programs) {
      if ('error' in program) continue;
      if (program.note) progress.note(program.note);
      paths.set(program.name, program.path);
      const folder = path.dirname(program.path);
      const known = (process.env['PATH'] ?? '').split(path.delimiter);
      if (program.given) process.env['PATH'] = [folder, ...known].join(path.delimiter);
      else if (!known.includes(folder)) process.env['PATH'] = [...known, folder].join(path.delimiter);
    }
    return { kind: paths.get('kind') ?? 'kind', istioctl: paths.get('istioctl')! };
  });
}
