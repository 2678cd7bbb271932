import { MeshproofError } from '../kernel/errors.js';
import type { Environment, ProgramName } from '../topology/environment-types.js';
import type { Plan } from '../topology/plan-types.js';
import { resolveProgram, type FindOptions, type FoundProgram } from './programs.js';

/** A program of a version that a plan needs. */
export interface NeededProgram {
  name: ProgramName;
  version: string;
}

/** One program that a plan needs, in the version that is asked for: where it is, or why it is not there. */
export type ProgramResult = (FoundProgram | { name: ProgramName; error: MeshproofError }) & { version: string };

/** The programs that a plan needs, with the version of each; an istioctl for every version of Istio. */
export function programsNeeded(plan: Plan): NeededProgram[] {
  const { provider, attach, environment } = plan;
  const { programs } = environment;
  const controlPlanes = [...plan.controlPlanes, ...(plan.coming ?? [])];
  const names: ProgramName[] = provider === 'kind' ? ['docker', 'kind', 'kubectl'] : ['kubectl'];
  // also for a mesh that is only attached to: proxy-status and remote-clusters are istioctl's
  const versions = [...new Set(controlPlanes.map(({ version }) => version))];
  if (!attach) names.push(...new Set(controlPlanes.flatMap(({ needs }) => needs.programs)));
  return [
    ...names.map((name) => ({ name, version: programs[name].version })),
    ...versions.map((version) => ({ name: 'istioctl' as const, version })),
  ];
}

/** The programs that plans need, or some of them, all looked for (and, where missing, downloaded) at once; each version once. */
export async function findPrograms(plans: readonly Plan[], only?: readonly ProgramName[]): Promise<ProgramResult[]> {
  const wanted = new Map<string, { plan: Plan; needed: NeededProgram }>();
  for (const plan of plans)
    for (const needed of programsNeeded(plan)) wanted.set(`${needed.name} ${needed.version}`, { plan, needed });
  const chosen = [...wanted.values()].filter(({ needed }) => !only || only.includes(needed.name));
  return Promise.all(
    chosen.map(async ({ plan, needed: { name, version } }) => {
      const found = await resolveProgram(name, environmentFor(plan, name, version), versionsOf(plan, version)).catch(
        (error: unknown) => {
          if (error instanceof MeshproofError) return { name, error };
          throw error;
        },
      );
      return { ...found, version };
    }),
  );
}

/** The istioctl that a user names is that of the topology's own version; those of others are looked for. */
function environmentFor({ environment, istio }: Plan, name: ProgramName, version: string): Environment {
  const { path: named, ...others } = environment.programs.istioctl;
  if (name !== 'istioctl' || version === istio.version || named === undefined) return environment;
  return { ...environment, programs: { ...environment.programs, istioctl: others } };
}

/** What programs must fit. The Kubernetes of clusters that exist already is not the environment's. */
function versionsOf({ provider, environment }: Plan, istioVersion: string): FindOptions {
  return { istioVersion, ...(provider === 'kind' ? { kubernetes: environment.kubernetes } : {}) };
}
