import type { FindingId } from '../record/finding-ids.gen.js';
import type { Finding } from '../record/finding.js';
import type { ExitCode } from '../kernel/errors.js';
import { MeshproofError } from '../kernel/errors.js';
import { reasonOf } from '../kernel/undetermined.js';
import type { Hop } from './hops.js';

/** What a check is allowed to read. */
export type Source =
  | 'pods'
  | 'deployments'
  | 'services'
  | 'endpointslices'
  | 'namespaces'
  | 'nodes'
  | 'webhooks'
  | 'configuration'
  | 'mesh config'
  | 'remote secrets'
  | 'certificates'
  | 'rights'
  | 'istiod'
  | 'proxies'
  | 'connections'
  | 'routes'
  | 'address pools'
  | 'declared'
  | 'host';

/** Sources that settle only some time after a change: what is wrong by them must be seen twice. */
export const settling: ReadonlySet<Source> = new Set<Source>([
  'pods',
  'deployments',
  'services',
  'endpointslices',
  'remote secrets',
  'istiod',
  'proxies',
  'connections',
]);

/** A finding as a check makes it: which check that was is known. */
export type Problem = Omit<Finding, 'check' | 'confidence'> & Partial<Pick<Finding, 'confidence'>>;

/** What came of a check. `not yet`: something is on its way; `cannot tell`: a right or an answer is missing. */
export type Outcome =
  | { is: 'holds' }
  | { is: 'broken'; problems: Problem[] }
  | { is: 'not yet'; until: string }
  | { is: 'cannot tell'; missing: string };

/** A named cause and how it is found: the default export of a file `f-<name>.ts`, whose name is the id. */
export interface Check<View> {
  id: FindingId;
  /** What is wrong when it is broken, for a reader. */
  title: string;
  hop: Hop;
  reads: readonly Source[];
  /** What must hold for it to be a cause: where one of these is broken, it follows from that. */
  needs?: readonly FindingId[];
  applies?(view: View): boolean;
  look(view: View, signal: AbortSignal): Promise<Outcome>;
  /** Exit code of a run that it stops; of the host's alone. */
  code?: ExitCode;
}

export const holds: Outcome = { is: 'holds' };

/** Broken where there are problems. */
export function outcomeOf(problems: readonly Problem[]): Outcome {
  return problems.length > 0 ? { is: 'broken', problems: [...problems] } : holds;
}

/**
 * Looks at each of several clusters, or whatever there are several of. One that cannot be asked hides no problem of another; where
 * there is none, the check cannot tell.
 */
export async function among<T>(items: readonly T[], look: (item: T) => Promise<readonly Problem[]>): Promise<Outcome> {
  const results = await Promise.allSettled(items.map(look));
  const problems = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  const failed = results.find((result) => result.status === 'rejected');
  if (problems.length > 0 || !failed) return outcomeOf(problems);
  return { is: 'cannot tell', missing: whyNot(failed.reason) };
}

/** Why something could not be asked, in a line. Throws what is a mistake of ours. */
export function whyNot(error: unknown): string {
  if (error instanceof MeshproofError) return reasonOf(error).split('\n')[0]!;
  const { name, message } = error as Error;
  if (name === 'AbortError' || name === 'TimeoutError') return 'no answer in time';
  if (name === 'UndeclaredSource') throw error;
  return message;
}
