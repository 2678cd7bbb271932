import { existsSync } from 'node:fs';
import path from 'node:path';
import { docker, imageIds, usedSubnets } from '../clusters/docker.js';
import { preflight, preflightError } from '../clusters/preflight.js';
import { findPrograms } from '../clusters/programs.js';
import { run } from '../clusters/command.js';
import { readEnvironment } from '../topology/environment.js';
import { exitCode, MeshproofError } from '../topology/errors.js';
import { readTopology } from '../topology/parse.js';
import { projectFolder } from '../topology/paths.js';
import { makePlan } from '../topology/plan.js';
import type { Environment, Plan, Topology } from '../topology/types.js';
import type { Progress } from './progress.js';

/** Options that every command takes. */
export interface GlobalOptions {
  output: 'text' | 'json';
  environment?: string;
  registry?: string;
  images?: string;
  verbose?: boolean;
  debug?: boolean;
  keep?: boolean;
  color: boolean;
}

/** What `run` proves when no topology is named: the four that Istio's documentation has, by their files. */
export const documentedTopologies = [
  'multi-network-multi-primary',
  'multi-network-primary-remote',
  'flat-multi-primary',
  'flat-primary-remote',
];

/** The lab's folder: MESHPROOF_LAB, by default `shared/lab` beside the project. */
export function labFolder(): string {
  return path.resolve(process.env['MESHPROOF_LAB'] ?? path.join(projectFolder, '..', 'shared', 'lab'));
}

/** Which environment, and in one line why: asked for, or found by looking for the lab. */
export async function chooseEnvironment(options: GlobalOptions): Promise<{ name: string; why: string }> {
  if (options.environment) return { name: options.environment, why: 'asked for by --environment' };
  const variable = process.env['MESHPROOF_ENVIRONMENT'];
  if (variable) return { name: variable, why: 'asked for by MESHPROOF_ENVIRONMENT' };
  const labImage = readEnvironment('lab').images['kind-node'];
  if ((await imageIds([labImage])).size > 0)
    return { name: 'lab', why: `the local Docker has the lab's image ${labImage}` };
  const lab = labFolder();
  if (existsSync(path.join(lab, 'up')) && !(await dockerAnswers())) {
    return { name: 'lab', why: `Docker does not answer and ${path.relative(process.cwd(), lab)} can provide it` };
  }
  return { name: 'public', why: 'the default' };
}

export function dockerAnswers(): Promise<boolean> {
  return docker(['info', '-f', '{{.ID}}'], { timeout: 10 }).then(
    () => true,
    () => false,
  );
}

/** Runs the lab's `up`: Docker, programs and images of the lab environment. Idempotent. */
export async function labUp(progress: Progress): Promise<void> {
  const up = path.join(labFolder(), 'up');
  if (!existsSync(up)) {
    throw new MeshproofError('the lab is not here', exitCode.preflight, {
      where: labFolder(),
      expected: 'the folder of the lab with its program `up`',
      remedy: 'name it in MESHPROOF_LAB, or use --environment public',
    });
  }
  await progress.step('lab up', {}, () => run(up, [], { timeout: 1800 }));
}

/** The environment, with the lab started when it is the lab's and Docker does not answer. */
export async function openEnvironment(options: GlobalOptions, progress: Progress): Promise<Environment> {
  const { name, why } = await chooseEnvironment(options);
  progress.note(`environment ${name}: ${why}`);
  const environment = readEnvironment(name, { registry: options.registry, imagesFile: options.images });
  // a Docker that the user has named is not the lab's to start
  const ours = environment.name === 'lab' && !process.env['DOCKER_HOST'] && existsSync(labFolder());
  if (ours && !(await dockerAnswers())) await labUp(progress);
  return environment;
}

/** Reads the topologies; all files are read before anything is done, so that every problem shows at once. */
export function readTopologies(names: readonly string[]): Topology[] {
  return names.map((name) => readTopology(name));
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
export async function checkMachine(plan: Plan, progress: Progress): Promise<Programs> {
  return progress.step('preflight', {}, async () => {
    const programs = await findPrograms(plan);
    const checks = await preflight(plan, programs);
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
      if (!known.includes(folder)) process.env['PATH'] = [...known, folder].join(path.delimiter);
    }
    return { kind: paths.get('kind') ?? 'kind', istioctl: paths.get('istioctl')! };
  });
}
