/** Where something stands in a file; both count from 1. */
export interface Position {
  line: number;
  column: number;
}

export type Path = readonly PropertyKey[];

/**
 * Finds the value (or the key) at a path such as `['clusters', 1, 'role']`; for what is not in the file, e.g. a default,
 * the nearest thing around it that is.
 */
export type Locate = (path: Path, part?: 'key' | 'value') => Position;

// beside the parsed data and not in it: a plan is compared and written as JSON, positions are for messages only
const known = new WeakMap<object, Locate>();

/** Keeps the way from parsed data back to its file, so that problems found later name line and column too. */
export function rememberPositions(data: object, locate: Locate): void {
  known.set(data, locate);
}

/** Position of a path in the file that `data` was parsed from; 1:1 for data that came from no file. */
export function positionOf(data: object, path: Path, part?: 'key' | 'value'): Position {
  return known.get(data)?.(path, part) ?? { line: 1, column: 1 };
}
