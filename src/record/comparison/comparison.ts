import { z } from 'zod';
import { configurationDifferenceSchema } from './configuration-difference.js';

/**
 * What `meshproof compare` prints: two sides, each of one record or several. `schema/comparison.schema.json` is made from it.
 */
export const comparisonVersion = 1;

export const sideWords = ['passed', 'failed', 'known', 'undetermined', 'not-applicable', 'skipped', 'missing'] as const;
const sideWordSchema = z.enum(sideWords).describe('of all records of a side together');
export type SideWord = z.infer<typeof sideWordSchema>;

export const changeKinds = {
  regression: 'it passed before, and fails now',
  'fails-more-often': 'it failed before too, and fails in more runs now',
  changed: 'it failed before too, for another reason',
  'not-known': 'its verdict is undetermined now',
  'no-basis': 'it fails now, and was undetermined before',
  'still-fails': 'it failed before, for the same reason',
  accepted: 'it fails now, as a known issue predicts',
  fixed: 'it failed before, and passes now',
  new: 'it passes now, and was undetermined before',
} as const;
export type ChangeKind = keyof typeof changeKinds;
const changeKindSchema = z.enum(Object.keys(changeKinds) as [ChangeKind, ...ChangeKind[]]);

export const behaviourChangeSchema = z.object({
  topology: z.string(),
  id: z.string(),
  title: z.string(),
  change: changeKindSchema,
  before: sideWordSchema,
  after: sideWordSchema,
  causesBefore: z.array(z.string()).describe('findings that its failures begin with, or what they say'),
  causesAfter: z.array(z.string()),
  reason: z.string().optional().describe('why it is undetermined'),
});
export type BehaviourChange = z.infer<typeof behaviourChangeSchema>;

export const figureOutcomes = ['worse', 'better', 'same', 'too-few-runs', 'not-judged', 'missing', 'new'] as const;
export const figureChangeSchema = z.object({
  topology: z.string(),
  name: z.string(),
  unit: z.enum(['ms', 'latency-ms', 'share']),
  before: z.array(z.number()).describe('one value for each run that has it'),
  after: z.array(z.number()),
  medianBefore: z.number().optional(),
  medianAfter: z.number().optional(),
  outcome: z.enum(figureOutcomes),
  p: z.number().optional().describe('exact one-sided p-value of the difference, for the direction that was seen'),
  needBefore: z.number().int().nonnegative().optional().describe('runs that are missing before it can be told'),
  needAfter: z.number().int().nonnegative().optional(),
  reason: z.string().optional().describe('why it is not judged'),
});
export type FigureChange = z.infer<typeof figureChangeSchema>;

export const setupDifferenceSchema = z.object({
  topology: z.string().optional(),
  what: z.string().describe('CPUs, Istio of cluster1/default, image istio/pilot'),
  before: z.array(z.string()).describe('each value once; several where the records of a side differ'),
  after: z.array(z.string()),
  note: z.string().optional(),
  confounds: z.boolean().describe('whether figures cannot be compared because of it'),
});
export type SetupDifference = z.infer<typeof setupDifferenceSchema>;

const findingNames = z.array(z.object({ topology: z.string(), check: z.string(), cluster: z.string().optional() }));

const sideSchema = z.array(
  z.object({ run: z.string(), startedAt: z.iso.datetime(), path: z.string().describe('of its report') }),
);

export const comparisonVerdicts = ['nothing-worse', 'worse', 'cannot-tell'] as const;

export const comparisonSchema = z.object({
  schemaVersion: z.literal(comparisonVersion),
  before: sideSchema,
  after: sideSchema,
  verdict: z.enum(comparisonVerdicts),
  reasons: z.array(z.string()).describe('of a verdict other than nothing-worse'),
  same: z.number().int().nonnegative().describe('behaviours with the same outcome on both sides'),
  behaviours: z.array(behaviourChangeSchema).describe('all others; what is worse comes first'),
  findings: z.object({ appeared: findingNames, gone: findingNames }),
  figures: z.array(figureChangeSchema),
  differences: z.array(setupDifferenceSchema).describe('of machine, versions and images: never judged'),
  notes: z.array(z.string()).describe('what a reader must know before trusting it'),
  configuration: z
    .array(configurationDifferenceSchema)
    .describe('of the proxies, by meaning; for topologies of which both sides have recorded it'),
});
export type Comparison = z.infer<typeof comparisonSchema>;
