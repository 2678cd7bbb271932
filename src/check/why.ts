import { connectionTo } from '../kube/api.js';
import type { MeshState } from '../mesh/mesh-state.js';
import type { Diagnosis, Finding } from '../record/finding.js';
import { allChecks } from './check-list.js';
import { diagnose } from './diagnosis.js';
import { hops, type Hop } from './hops.js';
import { lookTwice, secondLook } from './look.js';
import { MeshView, type LookOptions } from './mesh-view.js';
import { callerIn } from './path/callers.js';
import {
  firstBreak,
  pathHops,
  untold,
  type Called,
  type Path,
  type PathHop,
  type Step,
  type Trace,
} from './path/path-types.js';
import { tracePath } from './path/trace-path.js';

/** What is wrong, and where on the way of a call. */
export interface Cause {
  /** Of a check, or `PATH-GATEWAY` where the way itself shows it and no check names it. */
  id: string;
  says: string;
  remedy: string;
  hop: string;
  cluster?: string;
  object?: string;
  facts?: Finding['facts'];
  confidence: Finding['confidence'];
}

/** The answer to: why? */
export interface Why {
  cause: Cause | null;
  /** What is broken because the cause is. */
  follows: Finding[];
  /** What is broken and explains no call that fails. */
  alsoFound: Finding[];
  path: Path[];
  /** What could not be told, and why. */
  unknown: Diagnosis['unknown'];
}

/** Which checks explain that a call ends at a station. */
const explains: Record<PathHop, readonly Hop[]> = {
  capture: ['control plane', 'injection', 'workload'],
  dns: ['dns', 'endpoint'],
  listener: ['control plane', 'injection', 'route', 'egress'],
  route: ['control plane', 'route', 'egress'],
  cluster: ['route', 'cluster'],
  balancing: ['control plane', 'workload', 'route', 'cluster', 'balancing', 'endpoint'],
  endpoint: ['control plane', 'injection', 'workload', 'route', 'cluster', 'endpoint', 'way', 'gateway', 'policy'],
  way: ['way', 'gateway', 'workload'],
  gateway: ['control plane', 'route', 'cluster', 'endpoint', 'gateway', 'way'],
  'gateway cluster': ['control plane', 'injection', 'workload', 'endpoint', 'gateway'],
  'remote endpoint': ['control plane', 'workload', 'endpoint'],
  mtls: ['control plane', 'injection', 'cluster', 'mtls', 'policy'],
  policy: ['policy'],
  application: ['workload', 'policy'],
};

/** Milliseconds between two looks at a way that is broken. */
const between = 1500;

/** Looks at a mesh with every check, and follows the calls of each cluster to the services that are asked about. Changes nothing. */
export async function askWhy(state: MeshState, called: readonly Called[], options: LookOptions = {}): Promise<Why> {
  // what it takes to load a client is nothing that an API server should be late by
  await Promise.allSettled(state.clusters.map(connectionTo));
  const first = new MeshView(state, options);
  let seen = 0;
  const view = (): MeshView => (seen++ === 0 ? first : new MeshView(state, options));
  const [outcomes, path] = await Promise.all([lookTwice(allChecks(), view), pathsTwice(first, called, state, options)]);
  return decide(diagnose(outcomes), path);
}

/** The ways of all clusters to all services. One that is broken is followed twice: what is on its way mends itself meanwhile. */
async function pathsTwice(
  mesh: MeshView,
  called: readonly Called[],
  state: MeshState,
  options: LookOptions,
): Promise<Path[]> {
  const found = await Promise.all(
    called.flatMap((one) =>
      mesh.clusters.map(async (cluster) => {
        const caller = await callerIn(mesh, cluster, one);
        if (!caller) return [];
        const path = await tracePath(mesh, caller, one);
        if (!firstBreak(path)) return [path];
        return [await secondLook(path, () => tracePath(new MeshView(state, options), caller, one), between)];
      }),
    ),
  );
  return found.flat();
}

/** Puts what checks have found and what the ways show together. Exported for its test. */
export function decide({ causes, follows, unknown }: Diagnosis, path: readonly Path[]): Why {
  const answer = { follows, path: [...path], unknown: [...unknown, ...untoldOf(path)] };
  const breaks = path.flatMap((one) => {
    const found = firstBreak(one);
    return found ? [{ ...found, path: one }] : [];
  });
  const [worst] = breaks.sort(
    (a, b) => weight(b.trace) - weight(a.trace) || pathHops.indexOf(a.step.hop) - pathHops.indexOf(b.step.hop),
  );
  const known = new Map(allChecks().map(({ id, hop }) => [id as string, hop]));
  const hopOf = ({ check }: Finding): Hop => known.get(check) ?? 'host';
  const named = (finding: Finding | undefined): Cause | null => {
    if (!finding) return null;
    const { check: id, says, remedy, cluster, object, facts, confidence } = finding;
    return { id, says, remedy, hop: hopOf(finding), cluster, object, facts, confidence };
  };
  const others = (but: Finding | undefined): Finding[] => causes.filter((one) => one !== but);
  if (worst) {
    const involved = [worst.path.caller.cluster, worst.trace?.to, worst.step.cluster];
    const onPath = causes
      .filter((finding) => explains[worst.step.hop].includes(hopOf(finding)))
      .sort((a, b) => near(a, involved) - near(b, involved) || hops.indexOf(hopOf(a)) - hops.indexOf(hopOf(b)));
    const finding = onPath.find(({ confidence }) => confidence === 'certain');
    return { ...answer, cause: named(finding) ?? ofStep(worst.step, worst.trace), alsoFound: others(finding) };
  }
  const starved = path.some(isUneven);
  const finding =
    causes.find(({ confidence }) => confidence === 'certain') ??
    (starved ? causes.find((one) => hopOf(one) === 'balancing') : undefined);
  return { ...answer, cause: named(finding), alsoFound: others(finding) };
}

/** Calls that do not arrive count more than pods that get none. */
function weight(trace: Trace | undefined): number {
  return trace?.share ?? 2;
}

function near({ cluster }: Finding, involved: readonly (string | undefined)[]): number {
  return cluster === undefined || involved.includes(cluster) ? 0 : 1;
}

function ofStep({ hop, cluster, at, says, remedy = '', facts }: Step, trace: Trace | undefined): Cause {
  const to = trace?.to && trace.to !== cluster ? `, on the path to ${trace.to}` : '';
  return {
    ...{ id: idOf(hop), hop, cluster, object: at, facts, remedy },
    says: `${at} of ${cluster}${to}: ${says}`,
    confidence: 'certain',
  };
}

/** `PATH-GATEWAY-CLUSTER` */
function idOf(hop: PathHop): string {
  return `PATH-${hop.toUpperCase().replaceAll(' ', '-')}`;
}

/** Whether a cluster has endpoints and gets no call. */
function isUneven({ traces }: Path): boolean {
  const clusters = [...new Set(traces.map(({ to }) => to))];
  return clusters.some((one) => traces.filter(({ to }) => to === one).every(({ share }) => share === 0));
}

function untoldOf(path: readonly Path[]): Diagnosis['unknown'] {
  return path.flatMap((one) => untold(one).map(({ hop, says }) => ({ check: idOf(hop), missing: says })));
}
