import { z } from 'zod';

export const verdicts = ['passed', 'failed', 'undetermined', 'not-applicable', 'skipped'] as const;
export const verdictSchema = z.enum(verdicts).describe('what is known about the mesh');
export type Verdict = z.infer<typeof verdictSchema>;
