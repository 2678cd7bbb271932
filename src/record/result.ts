import { z } from 'zod';
import { exitCode, type ExitCode } from '../kernel/errors.js';
import { changeRecordSchema, outcomeOf } from './change-record.js';
import { diagnosisSchema, findingSchema } from './finding.js';
import { differenceSchema } from './difference-schema.js';
import { acceptedSchema, knownIssueSchema } from './known-issue-schema.js';
import { clusterSchema, controlPlaneSchema, runningImageSchema } from './mesh-schema.js';
import { verdicts, verdictSchema, type Verdict } from './verdict.js';

/**
 * The record of one run, `result.json`: every other report is a view of it. Times of day are ISO 8601 in UTC,
 * durations are milliseconds, paths are relative to the run folder. Documented for readers in docs/reports.md.
 */
export const schemaVersion = 1;

export { verdicts, type Verdict };

const time = z.iso.datetime().describe('ISO 8601, UTC');
const milliseconds = z.number().nonnegative().describe('milliseconds');
const relativePath = z.string().describe('relative to the run folder');

/** One thing that did not hold: what was expected, what was seen, and the command that tries just that again. */
export const failureSchema = z.object({
  cluster: z.string().optional(),
  message: z.string().describe('the whole text'),
  expected: z.string().optional(),
  got: z.string().optional(),
  histogram: z.record(z.string(), z.number()).optional().describe('answers seen, with their counts'),
  attempts: z.number().int().nonnegative().optional().describe('how often it was tried before giving up'),
  findings: z
    .array(findingSchema)
    .optional()
    .describe('what explains it, the most telling first; missing where nothing was found'),
  replay: z.string().describe('the command that replays this one thing'),
});
export type Failure = z.infer<typeof failureSchema>;

export const behaviourSchema = z.object({
  id: z.string().describe('stable, e.g. LB-1; the stem of the spec file'),
  title: z.string(),
  area: z.string().describe('the folder of the spec file'),
  topology: z.string(),
  verdict: verdictSchema,
  flaky: z.boolean().describe('failed first, passed when it was tried again'),
  requires: z
    .array(z.string())
    .optional()
    .describe('features that a topology must have for it, such as multi-network; missing before 0.3'),
  reason: z.string().optional().describe('why it is undetermined, not applicable or skipped'),
  known: acceptedSchema.optional().describe('of a failure that is listed as a known issue, which makes no run red'),
  startedAt: time,
  durationMs: milliseconds,
  failures: z.array(failureSchema),
  follows: diagnosisSchema.shape.follows.optional(),
  cannotTell: diagnosisSchema.shape.unknown.optional(),
  measurements: z.record(z.string(), z.json()).describe('what was measured, by name'),
  attachments: z.array(z.object({ name: z.string(), contentType: z.string(), path: relativePath })),
});
export type Behaviour = z.infer<typeof behaviourSchema>;

export const timingSchema = z.object({
  step: z.string(),
  id: z.string().optional().describe("of a step of the plan's graph, as `plan` prints it"),
  cluster: z.string().optional(),
  start: milliseconds.describe("milliseconds from the run's start"),
  duration: milliseconds,
});

/** One timed piece of work. */
export type Timing = z.infer<typeof timingSchema>;

export const evidenceFileSchema = z.object({
  cluster: z.string(),
  path: relativePath,
  bytes: z.number().int().nonnegative(),
  state: z
    .enum(['answered', 'empty', 'failed', 'not asked'])
    .optional()
    .describe('outcome of the question; missing before 0.3'),
});
export type EvidenceFile = z.infer<typeof evidenceFileSchema>;

export const topologyRecordSchema = z.object({
  name: z.string(),
  file: z.string(),
  fileSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .describe('of the file that the mesh was made from; missing for a mesh that an older meshproof made'),
  features: z.record(z.string(), z.union([z.number(), z.boolean()])),
  clusters: z.array(clusterSchema).optional().describe('what the mesh is made of; missing before 0.3'),
  controlPlanes: z
    .array(controlPlaneSchema)
    .optional()
    .describe('what was installed, or asked for; missing before 0.2'),
  images: z.array(runningImageSchema).optional().describe('what ran when the last behaviour was decided'),
  verdict: verdictSchema,
  timings: z.array(timingSchema),
  provisioningMs: milliseconds.optional().describe('from the start until the mesh was up'),
  provenMs: milliseconds.optional().describe('from the start until the last behaviour was decided'),
  problem: z
    .object({
      message: z.string(),
      where: z.string().optional(),
      expected: z.string().optional(),
      remedy: z.string().optional(),
    })
    .optional()
    .describe('why it could not be built or tested'),
  notes: z.array(z.string()).optional().describe('what a reader must know'),
  findings: z
    .array(findingSchema.extend({ behaviours: z.array(z.string()).describe('ids of those that it explains') }))
    .optional()
    .describe('the causes of all failures, each once'),
  difference: differenceSchema.optional().describe('to the last run of the same topology and environment'),
  behaviours: z.array(behaviourSchema),
  changes: z.array(changeRecordSchema).optional().describe('changes that were made to the mesh under load'),
  evidence: z.array(evidenceFileSchema),
  configuration: relativePath
    .optional()
    .describe('the normalised configuration of each proxy; see `run --record-configuration`'),
});
export type TopologyRecord = z.infer<typeof topologyRecordSchema>;

const count = z.number().int().nonnegative();
export const summarySchema = z.object({
  passed: count,
  failed: count,
  undetermined: count,
  'not-applicable': count,
  skipped: count,
  flaky: count.describe('those that passed in the end; counted as passed too'),
  known: count.optional().describe('those that failed as a known issue says; not counted as failed'),
});
export type Summary = z.infer<typeof summarySchema>;

export const recordSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  run: z.object({
    id: z.string(),
    startedAt: time,
    finishedAt: time,
    durationMs: milliseconds,
    overheadMs: milliseconds
      .optional()
      .describe('of durationMs: no child process, request or watch of the harness was under way, nor a pause'),
    pausesMs: milliseconds
      .optional()
      .describe(
        'of durationMs: nothing was under way but pauses between two attempts of a poll (those between retries of an installation are overhead)',
      ),
    command: z.array(z.string()).describe('the command line, word by word'),
    exitCode: z.number().int(),
    interrupted: z.boolean(),
    ended: z.string().optional().describe('why it ended before everything was tested, such as --max-time'),
  }),
  meshproof: z.object({ version: z.string(), commit: z.string().optional() }),
  machine: z.object({
    os: z.string(),
    kernel: z.string().optional(),
    cpus: count,
    memoryBytes: count,
    docker: z.string().optional(),
    kind: z.string().optional(),
    kubectl: z.string().optional(),
    istioctl: z.string().optional(),
    node: z.string().optional(),
  }),
  environment: z.object({
    name: z.string(),
    kubernetes: z.string(),
    istio: z.string(),
    notes: z.array(z.string()),
    images: z.record(z.string(), z.string()),
  }),
  topologies: z.array(topologyRecordSchema),
  knownIssues: z.array(knownIssueSchema).optional().describe('every entry of the file of known issues'),
  summary: summarySchema,
});
export type RunRecord = z.infer<typeof recordSchema>;

/** What a reader is shown of a behaviour: its verdict, or what it was besides. */
export function shownVerdict({ verdict, flaky, known }: Behaviour): Verdict | 'flaky' | 'known' {
  return known ? 'known' : flaky ? 'flaky' : verdict;
}

/** The findings that failures begin with, each once, with the behaviours that it explains; what explains most comes first. */
export function causesOf(behaviours: readonly Pick<Behaviour, 'id' | 'failures'>[]): TopologyRecord['findings'] {
  const causes = new Map<string, NonNullable<TopologyRecord['findings']>[number]>();
  for (const { id, failures } of behaviours)
    for (const finding of failures.flatMap(({ findings = [] }) => findings.slice(0, 1))) {
      const key = `${finding.check} ${finding.cluster} ${finding.object ?? finding.says}`;
      const cause = causes.get(key) ?? { ...finding, behaviours: [] };
      if (!cause.behaviours.includes(id)) cause.behaviours.push(id);
      causes.set(key, cause);
    }
  if (causes.size === 0) return undefined;
  return [...causes.values()].sort((a, b) => b.behaviours.length - a.behaviours.length);
}

/**
 * A topology's verdict: the worst of its behaviours, without known issues; one that could not be built, or proved nothing, is
 * undetermined.
 */
export function verdictOf(topology: Pick<TopologyRecord, 'problem' | 'behaviours' | 'changes'>): Verdict {
  const changes: Verdict[] = (topology.changes ?? []).map(outcomeOf);
  const has = (verdict: Verdict) =>
    changes.includes(verdict) || topology.behaviours.some((one) => one.verdict === verdict && !one.known);
  if (has('failed')) return 'failed';
  if (topology.problem || has('undetermined') || topology.behaviours.length + changes.length === 0)
    return 'undetermined';
  if (has('passed')) return 'passed';
  return has('not-applicable') ? 'not-applicable' : 'skipped';
}

/** Behaviours per verdict over all topologies. */
export function summaryOf(topologies: readonly Pick<TopologyRecord, 'behaviours'>[]): Summary {
  const summary: Summary = { passed: 0, failed: 0, undetermined: 0, 'not-applicable': 0, skipped: 0, flaky: 0 };
  for (const behaviour of topologies.flatMap((topology) => topology.behaviours)) {
    if (behaviour.known) summary.known = (summary.known ?? 0) + 1;
    else summary[behaviour.verdict]++;
    if (behaviour.flaky) summary.flaky++;
  }
  return summary;
}

/** What the process ends with; `strict` makes a flaky behaviour an error of its own. */
export function exitCodeOf(
  record: {
    run: Pick<RunRecord['run'], 'interrupted'>;
    topologies: readonly Pick<TopologyRecord, 'problem' | 'behaviours' | 'changes'>[];
    knownIssues?: RunRecord['knownIssues'];
  },
  options: { strict: boolean },
): ExitCode {
  if (record.run.interrupted) return exitCode.interrupted;
  const all = record.topologies.map(verdictOf);
  // an entry whose day is over must not be overlooked, whatever its behaviour does now
  const expired = record.knownIssues?.some(({ state }) => state === 'expired');
  if (all.includes('failed') || expired) return exitCode.failed;
  if (all.includes('undetermined') || all.length === 0) return exitCode.environment;
  return options.strict && summaryOf(record.topologies).flaky > 0 ? exitCode.flaky : exitCode.passed;
}
