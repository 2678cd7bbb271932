import { z } from 'zod';

/** Why a failure is accepted, and until when. */
export const acceptedSchema = z.object({
  link: z.string().describe('where it is tracked'),
  reason: z.string(),
  expires: z.iso.date().describe('the last day on which it is accepted'),
});
export type Accepted = z.infer<typeof acceptedSchema>;

/** An entry of the file of known issues, and what became of it. */
export const knownIssueSchema = z.object({
  behaviour: z.string().optional(),
  finding: z.string().optional(),
  topology: z.string().optional(),
  versions: z.string().optional().describe('range of versions of Istio'),
  ...acceptedSchema.shape,
  state: z
    .enum(['known', 'passes', 'expired', 'unmatched'])
    .describe('a behaviour failed as it says; it passed; its day is over; nothing that was run is what it is about'),
});

/** `known issue until 2027-01-31, https://...: reason` */
export function knownText({ link, reason, expires }: Accepted): string {
  return `known issue until ${expires}, ${link}: ${reason}`;
}
