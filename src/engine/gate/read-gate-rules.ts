import { ProblemsError } from '../../kernel/errors.js';
import { nearest } from '../../kernel/nearest-word.js';
import { readYaml } from '../../topology/read-yaml.js';
import { readCatalogue } from '../behaviour-catalogue.js';
import { gateSchema, type GateRule } from './gate-schema.js';

/** A rule with the line of the file on which it begins. */
export type PlacedRule = GateRule & { line: number };

/** Reads a file of rules. Throws (exit 2) with everything that is wrong with it, behaviours that do not exist included. */
export async function readGateRules(file: string): Promise<PlacedRule[]> {
  const { data, locate } = readYaml(file, gateSchema);
  const ids = (await readCatalogue()).map(({ id }) => id);
  const known = ['all', ...new Set(ids.map(areaOf)), ...ids];
  const problems = data.rules.flatMap(({ require = [] }, i) =>
    require.flatMap((word, n) => {
      if (known.includes(word)) return [];
      const where = { file, ...locate(['rules', i, 'require', n]), message: 'unknown behaviour', read: word };
      const allowed = 'all, an area such as LB, or an id that `meshproof behaviours` lists';
      return [{ ...where, allowed, suggestion: nearest(word, known) }];
    }),
  );
  if (problems.length > 0) throw new ProblemsError(problems);
  return data.rules.map((rule, i) => ({ ...rule, line: locate(['rules', i]).line }));
}

/** `LB` of `LB-1`. */
export function areaOf(id: string): string {
  return id.replace(/-\d+$/, '');
}
