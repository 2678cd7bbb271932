import { canonical, type Json } from './configuration-file.js';

/** One place at which two values differ. */
export interface Place {
  change: 'added' | 'removed' | 'changed';
  /** `circuit_breakers.thresholds[0].max_requests`; elements that have a name by it: `virtual_hosts[reviews:80]`. */
  path: string;
  before?: Json;
  after?: Json;
}

/** Every place at which `after` differs from `before`; lists are compared by the names of their elements, where they have names. */
export function differences(before: Json, after: Json, path = ''): Place[] {
  if (canonical(before) === canonical(after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) return ofLists(before, after, path);
  if (isObject(before) && isObject(after))
    return ofKeys(before, after, (key) => (path === '' ? key : `${path}.${key}`));
  return [{ change: 'changed', path, before, after }];
}

function ofKeys(before: Fields, after: Fields, pathOf: (key: string) => string): Place[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key): Place[] => {
    const [was, is] = [before[key], after[key]];
    if (was === undefined) return [{ change: 'added', path: pathOf(key), after: is! }];
    if (is === undefined) return [{ change: 'removed', path: pathOf(key), before: was }];
    return differences(was, is, pathOf(key));
  });
}

function ofLists(before: readonly Json[], after: readonly Json[], path: string): Place[] {
  const [was, is] = [byName(before), byName(after)];
  if (was && is) return ofKeys(was, is, (name) => `${path}[${name}]`);
  const [gone, come] = [without(before, after), without(after, before)];
  // as many as before: the elements themselves have changed
  if (gone.length === come.length && before.length === after.length)
    return gone.flatMap(([one, i], n) => differences(one, come[n]![0], `${path}[${i}]`));
  return [
    ...gone.map(([one]): Place => ({ change: 'removed', path: `${path}[]`, before: one })),
    ...come.map(([one]): Place => ({ change: 'added', path: `${path}[]`, after: one })),
  ];
}

/** Elements of `list` that `other` does not have as often, with their places. */
function without(list: readonly Json[], other: readonly Json[]): [Json, number][] {
  const left = other.map(canonical);
  return list.flatMap((one, i): [Json, number][] => {
    const found = left.indexOf(canonical(one));
    if (found < 0) return [[one, i]];
    left.splice(found, 1);
    return [];
  });
}

/** The elements by their names; undefined where one has none, or two have the same. */
function byName(list: readonly Json[]): Fields | undefined {
  const names = list.map((one) => (isObject(one) && typeof one['name'] === 'string' ? one['name'] : undefined));
  if (names.includes(undefined) || new Set(names).size < names.length) return undefined;
  return Object.fromEntries(list.map((one, i) => [names[i]!, one]));
}

type Fields = { [key: string]: Json };

function isObject(value: Json): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
