import { z } from 'zod';
import { ProblemsError } from '../kernel/errors.js';
import { nearest } from '../kernel/nearest-word.js';
import type { KnownIssue } from '../record/known-issues.js';
import { readYaml } from '../topology/read-yaml.js';
import { isRange } from '../topology/version-range.js';
import { readCatalogue } from './behaviour-catalogue.js';

const entry = z
  .strictObject({
    behaviour: z.string().min(1).optional(),
    finding: z
      .string()
      .regex(/^F-[A-Z0-9-]+$/, { error: 'is not a valid id of a finding; allowed: e.g. F-NO-COMMON-ROOT' })
      .optional(),
    topology: z.string().min(1).optional(),
    versions: z
      .string()
      .refine(isRange, { error: 'is not a valid range; allowed: e.g. ">=1.30 <1.31.2", 1.30 or 1.31.1' })
      .optional(),
    link: z.url({ protocol: /^https?$/, error: 'is not a valid address; allowed: https://...' }),
    expires: z.iso.date({ error: 'is not a valid date; allowed: e.g. 2027-01-31' }),
    reason: z.string().min(1),
  })
  .refine(({ behaviour, finding }) => behaviour !== undefined || finding !== undefined, {
    error: 'names neither a behaviour nor a finding; allowed: one of them, or both',
  });

/** Reads the file of known issues. Throws (exit 2) for a file that cannot be used, and for a behaviour that does not exist. */
export async function readKnownIssues(file: string | undefined): Promise<KnownIssue[]> {
  if (file === undefined) return [];
  const { data, locate } = readYaml(file, z.array(entry));
  const ids = (await readCatalogue()).map(({ id }) => id);
  const problems = data.flatMap(({ behaviour }, i) => {
    if (behaviour === undefined || ids.includes(behaviour)) return [];
    const message = 'unknown behaviour';
    const allowed = 'an id that `meshproof behaviours` lists';
    return [
      { file, ...locate([i, 'behaviour']), message, read: behaviour, allowed, suggestion: nearest(behaviour, ids) },
    ];
  });
  if (problems.length > 0) throw new ProblemsError(problems);
  return data;
}
