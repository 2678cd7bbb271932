import { z } from 'zod';
import { verdicts } from '../../record/result.js';
import { isRange } from '../../topology/version-range.js';

const range = z
  .string()
  .refine(isRange, { error: 'is not a valid range; allowed: e.g. ">=1.30 <1.31.2", 1.30 or 1.31.1' });
const count = z.number().int().nonnegative();
const word = z.string().min(1);

/** Keys of a rule that say what it is about; a rule has one of them. */
export const ruleKinds = ['require', 'forbid', 'atMost', 'figure', 'versions', 'digests', 'notWorseThan'] as const;
export type RuleKind = (typeof ruleKinds)[number];

const limits = z
  .strictObject(Object.fromEntries([...verdicts, 'flaky', 'known'].map((name) => [name, count.optional()])))
  .describe('the maximum number of behaviours with each outcome, over all topologies of a record');

const ruleSchema = z
  .strictObject({
    reason: word.describe('reason for the rule; shown when it is broken'),
    topologies: z.array(word).min(1).optional().describe('topologies that it covers; default: all of a record'),
    require: z
      .array(word)
      .min(1)
      .optional()
      .describe('behaviours that must have passed: ids, areas such as LB, or all'),
    forbid: z.array(word).min(1).optional().describe('findings that no failure may have'),
    atMost: limits.optional(),
    figure: word.optional().describe('name of a measurement, where * matches any characters: "LOC-2: failover of *"'),
    max: z
      .string()
      .regex(/^\d+(\.\d+)?(ms|s|m| points)$/, {
        error: 'is not a valid limit; allowed: e.g. 800ms, 15s, 2m or "10 points"',
      })
      .optional()
      .describe('upper limit of the measurements in "figure"'),
    versions: z
      .strictObject({ istio: range.optional(), kubernetes: range.optional(), meshproof: range.optional() })
      .optional()
      .describe('ranges of the versions that ran'),
    digests: z.literal('required').optional().describe('the images that ran must be in the record'),
    notWorseThan: word.optional().describe('records to compare with: a run id, or a path relative to this file'),
  })
  .refine((rule) => ruleKinds.filter((kind) => rule[kind] !== undefined).length === 1, {
    error: `must contain exactly one rule; allowed: one of ${ruleKinds.join(', ')}`,
  })
  .refine(({ figure, max }) => (figure === undefined) === (max === undefined), {
    error: 'must have both figure and max, or neither; allowed: both, or neither',
  });

export const gateSchema = z.strictObject({
  rules: z.array(ruleSchema).min(1).describe('every rule must hold for every record'),
});
export type GateRule = z.infer<typeof ruleSchema>;

export const gateResultSchema = z.object({
  schemaVersion: z.literal(1),
  rules: z.string().describe('the file'),
  records: z.array(z.object({ run: z.string(), path: z.string() })),
  verdict: z.enum(['passed', 'refused']),
  judged: z.array(
    z.object({
      rule: z.string(),
      line: z.number().int().positive().describe('in the file'),
      reason: z.string(),
      broken: z.array(z.string()).describe('what breaks the rule; empty if it holds'),
    }),
  ),
});
export type GateResult = z.infer<typeof gateResultSchema>;
