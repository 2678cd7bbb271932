import { escapeRegExp } from '../kernel/text.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { nearest } from '../kernel/nearest-word.js';
import type { CatalogueEntry } from './behaviour-catalogue.js';
import { removalBehaviour } from './removal-behaviour.js';

/** Which behaviours a user asks for; all that are given must agree. */
export interface Filters {
  /** Ids (LB-1) or area prefixes (LB), in any case. */
  only?: string[];
  /** The same, to be left out. */
  not?: string[];
  /** With or without `@`; one of them is enough. */
  tagged?: string[];
  /** Those that failed, or could not be told, in the newest report. */
  lastFailed?: boolean;
}

/** The selected behaviours. */
export interface Selection {
  /** Arguments for Playwright; undefined if no spec runs. */
  args: readonly string[] | undefined;
  /** Whether END-1, the removal, runs. */
  removal: boolean;
}

/**
 * The behaviours that the filters leave. `lastFailed` are the ids that failed last. Throws (exit 2) for a word that names
 * no behaviour, with the nearest that does, and where nothing is left.
 */
export function select(
  catalogue: readonly CatalogueEntry[],
  filters: Filters,
  lastFailed: readonly string[] = [],
): CatalogueEntry[] {
  const { only, not = [], tagged } = filters;
  const wanted = only && idsOf('--only', only, catalogue);
  const unwanted = idsOf('--not', not, catalogue);
  const tags = tagged?.map((word) => knownTag(word, catalogue));
  const left = catalogue.filter(
    ({ id, tags: own }) =>
      (!wanted || wanted.has(id)) &&
      !unwanted.has(id) &&
      (!tags || own.some((one) => tags.includes(one))) &&
      (!filters.lastFailed || lastFailed.includes(id)),
  );
  if (left.length > 0) return left;
  const failed = filters.lastFailed && lastFailed.length === 0 ? '; nothing failed in the newest report' : '';
  throw new MeshproofError(`no behaviour is selected by: ${asTyped(filters)}${failed}`, exitCode.usage, {
    remedy: 'list them: meshproof behaviours',
  });
}

/**
 * What `run` does: `args` are the user's own for Playwright. A run whose specs are selected by Playwright's arguments has not
 * been asked for the removal, unless a filter names it.
 */
export function selectionOf(
  catalogue: readonly CatalogueEntry[],
  filters: Filters,
  args: readonly string[],
  lastFailed: readonly string[] = [],
): Selection {
  if (!isFiltered(filters)) return { args, removal: args.length === 0 };
  const chosen = select(catalogue, filters, lastFailed);
  const files = chosen.flatMap(({ file }) => (file === undefined ? [] : [filterFor(file)]));
  const removal =
    chosen.some(({ id }) => id === removalBehaviour.id) && (args.length === 0 || filters.only !== undefined);
  return { args: files.length > 0 ? [...files, ...args] : undefined, removal };
}

/** A regular expression for the path of a spec, as Playwright takes it: for the source and for what it was compiled to. */
function filterFor(file: string): string {
  return `/${escapeRegExp(file.replace(/[cm]?[jt]s$/, ''))}[cm]?[jt]s$`;
}

export function isFiltered({ only, not, tagged, lastFailed }: Filters): boolean {
  return only !== undefined || not !== undefined || tagged !== undefined || lastFailed === true;
}

function idsOf(option: string, words: readonly string[], catalogue: readonly CatalogueEntry[]): Set<string> {
  const all = catalogue.map(({ id }) => id);
  const prefixes = [...new Set(all.map(prefixOf))];
  return new Set(
    words.flatMap((word) => {
      const name = word.toUpperCase();
      const found = all.filter((id) => id === name || prefixOf(id) === name);
      if (found.length === 0) throw unknown(option, word, 'behaviour', [...all, ...prefixes], prefixes);
      return found;
    }),
  );
}

function prefixOf(id: string): string {
  return id.replace(/-\d+$/, '');
}

function knownTag(word: string, catalogue: readonly CatalogueEntry[]): string {
  const name = word.replace(/^@/, '');
  const known = [...new Set(catalogue.flatMap(({ tags }) => tags))].sort();
  if (known.includes(name)) return name;
  throw unknown('--tagged', word, 'tag', known, known);
}

function unknown(
  option: string,
  word: string,
  what: string,
  words: readonly string[],
  shown: readonly string[],
): MeshproofError {
  const suggestion = nearest(word, words);
  const meant = suggestion ? `did you mean ${suggestion}? ` : '';
  return new MeshproofError(`${option} ${word}: unknown ${what}`, exitCode.usage, {
    expected: what === 'behaviour' ? `an id such as LB-1, or one of ${shown.join(', ')}` : shown.join(', '),
    remedy: `${meant}list them: meshproof behaviours`,
  });
}

/** The filters as they stand on the command line. */
export function asTyped({ only, not, tagged, lastFailed }: Filters): string {
  const list = (option: string, words: string[] | undefined) => (words ? [`${option} ${words.join(',')}`] : []);
  return [
    ...list('--only', only),
    ...list('--not', not),
    ...list('--tagged', tagged),
    ...(lastFailed ? ['--last-failed'] : []),
  ].join(' ');
}
