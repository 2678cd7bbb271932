import { exitCode, type MeshproofError } from '../kernel/errors.js';
import { preflightError, type Requirement } from '../kernel/requirement.js';
import { reachOf } from '../provider/kind/docker-reach.js';
import type { Finding } from '../record/finding.js';
import type { Plan } from '../topology/plan-types.js';
import dockerOutOfReach from './host/f-docker-out-of-reach.js';
import dockerSilent from './host/f-docker-silent.js';
import { hostChecks } from './host-checks.gen.js';
import type { Host } from './host-view.js';
import { findingsOf, lookOnce } from './look.js';
import { dockerAnswers } from './preflight-docker.js';

/**
 * Looks at Docker alone, within 10 s: when it does not answer, or its containers are out of reach, everything else is in vain.
 * Throws (exit 3). Where the mesh is up already, only the daemon is asked.
 */
export async function checkDocker(plan: Plan, docker: string, { meshIsUp = false } = {}): Promise<Host['docker']> {
  const { check: answer, info } = await dockerAnswers(docker);
  const reach = info && !meshIsUp ? await reachOf(plan, info) : undefined;
  const host: Host = { plans: [plan], plan, programs: [], charts: [], docker: { answer, info, reach } };
  const error = hostError(findingsOf(await lookOnce([dockerSilent, dockerOutOfReach], host)));
  if (error) throw error;
  return host.docker;
}

/**
 * Looks at this machine before anything is made: programs, kernel limits, memory, disk, addresses, images. Reads only; under 2 s.
 * `docker` is what `checkDocker` has found; without it only the programs are looked at. Everything is for the largest plan but the
 * images, which are those of all.
 */
export async function preflight(
  plans: readonly Plan[],
  found: Pick<Host, 'programs' | 'charts'>,
  docker?: Host['docker'],
): Promise<Finding[]> {
  return findingsOf(await lookOnce(hostChecks, { plans, plan: largest(plans), ...found, docker }));
}

/** All certain findings of the host as one error, or undefined when nothing stops the run; a likely one is a warning. */
export function hostError(findings: readonly Finding[]): MeshproofError | undefined {
  const codes = new Map(hostChecks.map(({ id, code }) => [id as string, code]));
  return preflightError(
    findings.map(({ check, facts, remedy, confidence }): Requirement => {
      const { what, found, expected } = facts as { what: string; found: string; expected: string };
      const level = confidence === 'certain' ? 'error' : 'warning';
      return { name: what, ok: false, found, expected, remedy, level, code: codes.get(check) ?? exitCode.preflight };
    }),
  );
}

/** The plan with the most clusters: a machine that can carry it can carry the others. */
export function largest(plans: readonly Plan[]): Plan {
  return plans.reduce((most, plan) => (plan.clusters.length > most.clusters.length ? plan : most));
}
