import { z } from 'zod';
import { exitCode } from '../kernel/errors.js';
import { findingSchema } from './finding.js';

/**
 * What a change did to the calls of a mesh: part of `result.json`. Times of its parts are milliseconds from `startedAt`, of
 * the clock of this machine; the clocks of the pods were compared with it.
 */

const at = z.number().describe('milliseconds from the start of the change record');
const milliseconds = z.number().nonnegative().describe('milliseconds');
const count = z.number().int().nonnegative();

export const changeVerdicts = ['within-budget', 'disrupted', 'broken', 'undetermined'] as const;
export const changeVerdictSchema = z
  .enum(changeVerdicts)
  .describe('disrupted: calls were lost while it went on; broken: they are still lost afterwards');
export type ChangeVerdict = z.infer<typeof changeVerdictSchema>;

export const lanes = ['new', 'new-no-retry', 'reused', 'tcp-stream', 'grpc-stream', 'connect', 'ingress'] as const;
export const laneSchema = z.enum(lanes).describe('how a path is called');
export type Lane = z.infer<typeof laneSchema>;

/** How a call was lost. */
export const lossKinds = ['refused', 'reset', 'stalled', 'timeout', 'unavailable', 'wrong', 'failed'] as const;
export const lossKindSchema = z
  .enum(lossKinds)
  .describe(
    'refused: no connection; reset: the connection ended under the call; stalled: the answer was late, or came only on a new connection; timeout: no answer at all; unavailable: an error of the mesh, such as 503; wrong: an answer of something else; failed: anything else',
  );
export type LossKind = z.infer<typeof lossKindSchema>;

export const changeEventSchema = z.object({
  at,
  cluster: z.string().optional(),
  kind: z.string().describe('pod-deleted, pod-terminating, pod-ready, endpoint-gone, listener-changed, mark, ...'),
  object: z.string().optional().describe('namespace/name'),
  says: z.string(),
});
export type ChangeEvent = z.infer<typeof changeEventSchema>;

/** A moment that lies between two samples. */
const windowSchema = z.object({ from: at, to: at });
export type Window = z.infer<typeof windowSchema>;

export const gapSchema = z.object({
  client: z.string().describe('the client that saw it: cluster and name'),
  onset: windowSchema.describe('between the last call that was answered and the first that was not'),
  end: windowSchema.describe(
    'between the last call that was not answered and the first that was; open: the end of the load',
  ),
  open: z.boolean().optional().describe('it was still open when the load ended'),
  lengthMs: milliseconds.describe(
    'from the last call that was answered to the first that was again: the most it can be',
  ),
  leastMs: milliseconds.describe('from the first call that was lost to the last'),
  lost: count.describe('calls that were lost'),
  kinds: z.partialRecord(lossKindSchema, count),
  flags: z.array(z.string()).optional().describe("Envoy's response flags, where an answer of Envoy's names them"),
  says: z.string().optional().describe('the answer to the first lost call'),
  phase: z.string(),
  act: z.string().optional().describe('id of the act under way, or of the last one'),
  unsure: z.string().optional().describe('why it may not be a loss of the mesh: the machine itself was late then'),
  causes: z
    .array(changeEventSchema.extend({ distanceMs: milliseconds.describe('from the onset') }))
    .describe('events on this path within the onset, the nearest first'),
});
export type Gap = z.infer<typeof gapSchema>;

const latencySchema = z.object({ p50: milliseconds, p99: milliseconds, max: milliseconds });

export const pathRecordSchema = z.object({
  id: z.string().describe('cluster1 > cluster2, new; deploy/web.front@east > cart.shop:8080, new'),
  from: z.string().describe('the cluster that calls'),
  to: z.string().describe('the cluster that is called, or a service of the user'),
  path: z.string().optional().describe('only of a path of the user: as --path names it'),
  lane: laneSchema,
  samples: count.describe('calls that were started in time, from the baseline on'),
  expected: count.describe('ticks from the baseline on at which some client was to call'),
  notMeasured: count.describe('of them those at which no client did, or none in time'),
  intervalMs: milliseconds.describe('between two calls of one client'),
  seenFromMs: milliseconds.describe('a gap of this length is always detected'),
  stallSeenFromMs: milliseconds.describe(
    'a stall of this length is always detected: a late answer counts as lost from a bound on',
  ),
  gapMs: milliseconds.describe('of all certain gaps, without those of the baseline: the most it can be'),
  longestGapMs: milliseconds,
  resets: count.describe('established connections that ended, without those that the callee itself ended'),
  endedByCallee: count.describe('established connections whose callee received a termination signal'),
  retried: count.describe(
    'calls that were sent again on a new connection, because a reused one was dead; none of them is lost',
  ),
  meshRetries: count.describe('calls that the mesh sent more than once'),
  budgetMs: milliseconds.describe('as the file of budgets says'),
  effectiveBudgetMs: milliseconds.describe('at least twice the interval'),
  budgetReason: z.string(),
  allowedResets: count,
  verdict: changeVerdictSchema,
  why: z.string().optional().describe('of a verdict other than within-budget'),
  gaps: z.array(gapSchema),
  answeredBy: z
    .record(z.string(), count)
    .describe('pods that answered, as cluster/pod; of a path of the user, how: HTTP 200'),
  latency: z.object({
    baseline: latencySchema.optional(),
    change: latencySchema.optional(),
    after: latencySchema.optional(),
  }),
  /** For pictures. */
  bins: z
    .array(z.tuple([at, milliseconds, milliseconds]))
    .describe('over time: start, median and longest latency of the calls that were answered'),
});
export type PathRecord = z.infer<typeof pathRecordSchema>;

export const phaseSchema = z.object({
  name: z.enum(['settle', 'baseline', 'act', 'recovery', 'after']),
  act: z.string().optional(),
  start: at,
  end: at,
});
export type Phase = z.infer<typeof phaseSchema>;

export const actRecordSchema = z.object({
  id: z.string(),
  title: z.string(),
  cluster: z.string().optional(),
  outcome: z.enum(['done', 'failed', 'not-done']),
  start: at.optional(),
  end: at.optional().describe('when it had taken effect; what must hold is tested after that'),
  problem: z.string().optional(),
  exitCode: z
    .number()
    .int()
    .optional()
    .describe('of one that failed: 1 where what it did went wrong, 4 where it could not be done'),
  marks: z.array(z.object({ at, event: z.string() })),
  held: z
    .array(z.object({ id: z.string(), verdict: z.string() }))
    .optional()
    .describe('behaviours that were tested after it'),
});
export type ActRecord = z.infer<typeof actRecordSchema>;

export const changeRecordSchema = z.object({
  id: z.string().describe('of the scenario: UPG-1, guard'),
  title: z.string(),
  startedAt: z.iso.datetime(),
  durationMs: milliseconds,
  verdict: changeVerdictSchema,
  reasons: z.array(z.string()).describe('of a verdict other than within-budget'),
  phases: z.array(phaseSchema),
  acts: z.array(actRecordSchema),
  command: z
    .object({
      line: z.string(),
      exitCode: z.number().int(),
      allowed: z.boolean().describe('whether its failure is accepted'),
    })
    .optional()
    .describe('of a change that was a command of the user'),
  load: z.object({
    perSecond: z.number().positive().describe('calls of each client on each path and lane'),
    calibrated: z
      .array(
        z.object({
          perSecond: z.number(),
          expected: count,
          notMeasured: count,
          busy: z.number().min(0).max(1).optional().describe('share of its processors that the busiest node used'),
        }),
      )
      .describe('rates that were tried'),
    lateAfterMs: milliseconds.describe('a call that starts later than this after its tick is not measured'),
    stalledAfterMs: milliseconds.describe('an answer that takes longer counts as stalled'),
    timeoutMs: milliseconds,
    clients: z.array(
      z.object({
        name: z.string(),
        cluster: z.string(),
        pods: z.array(z.string()),
        nodes: z.array(z.string()),
        clockOffsetMs: z.number().describe("of the pod's clock against this machine's; times are corrected by it"),
        clockUnsureMs: milliseconds,
      }),
    ),
    lanesNotRun: z.array(z.object({ lane: laneSchema, why: z.string() })),
    retriesOff: z.string().describe('how the run verified that the lane without retries has none'),
  }),
  paths: z.array(pathRecordSchema),
  controlGaps: z
    .array(windowSchema.extend({ client: z.string(), says: z.string() }))
    .describe('times at which a client or a server itself was late: losses at such times are uncertain'),
  events: z.array(changeEventSchema),
  notSeen: z.array(z.string()).describe('kinds of events that could not be watched, and why'),
  worse: z.array(findingSchema).describe('findings after the change that were not there before'),
  compared: z.boolean().describe('whether findings before and after were compared'),
  unknown: z.array(z.string()).default([]).describe('checks that could not tell whether anything is worse, and why'),
  samplesFile: z.string().optional().describe('every call, relative to the run folder'),
});
export type ChangeRecord = z.infer<typeof changeRecordSchema>;

/** The words of a verdict. */
export const verdictText: Record<ChangeVerdict, string> = {
  'within-budget': 'within budget',
  disrupted: 'disrupted by the change',
  broken: 'broken by the change',
  undetermined: 'undetermined',
};

/** What a change says of its mesh: failed where calls were lost, or what it did went wrong; a loss comes before what is not known. */
export function outcomeOf({ verdict, acts, command }: ChangeRecord): 'passed' | 'failed' | 'undetermined' {
  if (verdict === 'broken' || verdict === 'disrupted') return 'failed';
  const failures = command?.allowed ? [] : acts.filter(({ outcome }) => outcome === 'failed');
  if (failures.some((act) => act.exitCode === exitCode.failed)) return 'failed';
  return verdict === 'undetermined' || failures.length > 0 ? 'undetermined' : 'passed';
}
