import type { z } from 'zod';
import { ProblemsError } from '../kernel/errors.js';
import type { Locate } from './positions.js';
import { schemaProblems } from './schema-problems.js';
import { parseYaml, readText } from './yaml-file.js';

/** Reads a YAML file by a schema; throws ProblemsError with everything that is wrong with it. */
export function readYaml<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): { data: z.infer<Schema>; locate: Locate } {
  const { data, locate } = parseYaml(readText(file), file);
  const result = schema.safeParse(data);
  if (result.success) return { data: result.data, locate };
  const problems = schemaProblems(result.error, schema, data, file, locate);
  throw new ProblemsError(problems.sort((a, b) => a.line - b.line || a.column - b.column));
}
