import { z } from 'zod';
import { installerNames } from '../../topology/topology-types.js';

const word = z.string().min(1);
const words = z.array(word).min(1);
const installer = z.enum(installerNames);

const cellFields = {
  topology: word.optional().describe('a name, or a path relative to this file'),
  istio: word.optional(),
  kubernetes: word.optional(),
  installer: installer.optional(),
  environment: word.optional(),
};
const hasAxis = (entry: object): boolean => Object.keys(cellFields).some((key) => key in entry);
const noAxis = { error: `matches no cell; allowed: at least one of ${Object.keys(cellFields).join(', ')}` };

const reasoned = z
  .strictObject({ ...cellFields, reason: word.describe('reason, shown in the report') })
  .refine(hasAxis, noAxis);

/** A file of `meshproof matrix`. */
export const matrixSchema = z.strictObject({
  topology: words.describe('names, or paths relative to this file'),
  istio: words.optional().describe('versions, as --istio takes them'),
  kubernetes: words.optional().describe('versions, as --kubernetes takes them'),
  installer: z.array(installer).min(1).optional(),
  environment: words.optional().describe('public, lab, or paths of files relative to this file'),
  include: z
    .array(z.strictObject({ ...cellFields, topology: word.describe('a name, or a path relative to this file') }))
    .optional()
    .describe('more cells'),
  exclude: z.array(reasoned).optional().describe('cells to leave out: those with all of these values'),
  allowFailure: z
    .array(reasoned)
    .optional()
    .describe('cells that may fail without making the matrix red; a missing result is always red'),
  run: z
    .strictObject({
      only: words.optional().describe('behaviours, as --only takes them'),
      not: words.optional(),
      tagged: words.optional(),
      long: z.boolean().optional(),
      knownIssues: word.optional().describe('a file, relative to this one'),
      maxTime: word.optional().describe('of each cell: 30m'),
      recordConfiguration: z.boolean().optional(),
      blobs: z.boolean().optional().describe("keep Playwright's blobs, so that `merge` can combine them"),
    })
    .optional()
    .describe("options of each cell's run"),
  attempts: z
    .number()
    .int()
    .min(1)
    .max(5)
    .optional()
    .describe('attempts for a cell whose mesh could not be built; a verdict is never retried. Default 2'),
  parallel: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe('cells to run in parallel, as far as the memory allows. Default 1'),
});
export type MatrixFile = z.infer<typeof matrixSchema>;
