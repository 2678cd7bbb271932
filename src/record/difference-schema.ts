import { z } from 'zod';
import { verdictSchema } from './verdict.js';

/** What has changed since an earlier run of the same topology in the same environment. */
export const differenceSchema = z.object({
  run: z.string().describe('id of the earlier run'),
  startedAt: z.iso.datetime(),
  compared: z.number().int().nonnegative().describe('behaviours that were decided in both'),
  changes: z
    .array(z.object({ behaviour: z.string(), before: verdictSchema, now: verdictSchema }))
    .describe('behaviours that were decided in both, and not alike'),
  newCauses: z.array(z.string()).describe('findings that the earlier run does not name'),
  goneCauses: z.array(z.string()).describe('findings that only the earlier run names'),
  versions: z
    .array(z.object({ of: z.string(), before: z.string(), now: z.string() }))
    .describe('what is of another version now'),
});
export type Difference = z.infer<typeof differenceSchema>;
