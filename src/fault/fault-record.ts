import { z } from 'zod';
import { behaviourSchema } from '../record/result.js';

/** `faults.json`: what each fault did and who noticed. Documented for readers in docs/faults.md. */
export const faultRunFile = 'faults.json';

const milliseconds = z.number().nonnegative().describe('milliseconds');

const faultRecordSchema = z.object({
  id: z.string(),
  title: z.string(),
  finding: z.string().optional().describe('the finding that must name it; absent where no check finds it yet'),
  verdict: z
    .enum(['as-declared', 'wrong', 'undetermined', 'not-applicable'])
    .describe('undetermined: it could not be made or undone; not-applicable: the topology cannot have it'),
  reason: z.string().optional().describe('why it is undetermined or not applicable'),
  noticed: z.boolean().describe('the expected behaviours failed, in the expected place and way'),
  named: z.boolean().describe('the first line of a failure is that finding'),
  findings: z.array(z.string()).describe('ids of the findings that failures begin with'),
  missed: z.array(z.string()),
  falseAlarms: z.array(z.string()),
  left: z.string().optional().describe('what could not be undone'),
  durationMs: milliseconds,
  breakMs: milliseconds.describe('until the breakage showed'),
  noticeMs: milliseconds.describe('behaviours on the broken mesh'),
  mendMs: milliseconds.describe('until it was undone'),
  greenMs: milliseconds.describe('the same behaviours again; together with other faults, as noticeMs, of its own only'),
  broken: z.array(behaviourSchema),
  mended: z.array(behaviourSchema),
});
export type FaultRecord = z.infer<typeof faultRecordSchema>;

export const faultRunSchema = z.object({
  schemaVersion: z.literal(1),
  run: z.object({
    id: z.string(),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime(),
    command: z.array(z.string()),
    exitCode: z.number().int(),
    interrupted: z.boolean(),
  }),
  topology: z.string(),
  environment: z.object({ name: z.string(), kubernetes: z.string(), istio: z.string() }),
  faults: z.array(faultRecordSchema),
  notes: z.array(z.string()).optional().describe('what a reader must know'),
});
export type FaultRun = z.infer<typeof faultRunSchema>;
