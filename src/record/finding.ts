import { z } from 'zod';

/** A named cause. Words are made here once; every report prints the same ones. */
export const findingSchema = z.object({
  check: z.string().describe('the id of the check that found it, e.g. F-REMOTE-SECRET-MISSING'),
  cluster: z.string().optional(),
  object: z.string().optional().describe('what is wrong, as kind/namespace/name'),
  hop: z.string().optional().describe('where on the path of a call, or next to it, the cause is; missing before 0.3'),
  facts: z.record(z.string(), z.json()).describe('what was read; never a secret'),
  says: z.string().describe('what is wrong, in one sentence'),
  remedy: z.string().describe('what to do, a sentence or a command'),
  confidence: z.enum(['certain', 'likely']),
});
export type Finding = z.infer<typeof findingSchema>;

/** What a look at a mesh has found, in the order in which a reader should look at it. */
export const diagnosisSchema = z.object({
  causes: z.array(findingSchema),
  follows: z.array(findingSchema).describe('what is broken because a cause is'),
  unknown: z
    .array(z.object({ check: z.string(), missing: z.string() }))
    .describe('checks that could not tell, and why'),
});
export type Diagnosis = z.infer<typeof diagnosisSchema>;

/** `F-REMOTE-SECRET-MISSING: cluster1 has no remote secret of cluster2`. */
export function findingLine({ check, says, confidence }: Pick<Finding, 'check' | 'says' | 'confidence'>): string {
  return `${check}: ${says}${confidence === 'likely' ? ' (likely)' : ''}`;
}

/** A diagnosis as lines for people: causes with what to do, what follows from them, and what could not be told. */
export function diagnosisLines({ causes, follows, unknown }: Diagnosis): string[] {
  return [
    ...causes.flatMap((finding) => [findingLine(finding), `  to do: ${finding.remedy}`]),
    ...follows.map((finding) => `follows: ${findingLine(finding)}`),
    ...unknown.map(({ check, missing }) => `cannot tell: ${check}: ${missing}`),
  ];
}

/** The findings for a failure in a cluster: those of its own cluster first. */
export function forCluster(findings: readonly Finding[], cluster: string | undefined): Finding[] {
  const own = (finding: Finding): number => (finding.cluster === cluster ? 0 : 1);
  return [...findings].sort((a, b) => own(a) - own(b));
}
