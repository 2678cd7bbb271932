import type { z } from 'zod';
import type { Problem } from '../kernel/errors.js';
import { showControls } from '../kernel/control-characters.js';
import { nearest } from '../kernel/nearest-word.js';
import type { Locate, Path } from './positions.js';

/** Every complaint of zod as a problem with its position, what was read, what is allowed and the nearest valid word. */
export function schemaProblems(
  error: z.ZodError,
  schema: z.ZodType,
  data: unknown,
  file: string,
  locate: Locate,
): Problem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      const words = Object.keys(schemaAt(schema, issue.path)?.shape ?? {});
      return issue.keys.map((key) => ({
        file,
        ...locate([...issue.path, key], 'key'),
        message: `unknown key "${showValue(key)}"${issue.path.length > 0 ? ` in ${showPath(issue.path)}` : ''}`,
        allowed: words.join(', '),
        suggestion: nearest(key, words),
      }));
    }
    const value = valueAt(data, issue.path);
    const where = { file, ...locate(issue.path) };
    const field = showPath(issue.path) || 'the file';
    if (value === undefined) return [{ ...where, message: `${field} is missing`, ...allowedWords(schema, issue.path) }];
    if (value === null || value === '')
      return [{ ...where, message: `${field} is empty`, ...allowedWords(schema, issue.path) }];
    const read = showValue(value);
    if (issue.code === 'invalid_value') {
      const words = issue.values.map(String);
      return [
        {
          ...where,
          message: `${field} is not an allowed value`,
          read,
          allowed: words.join(', '),
          suggestion: nearest(String(value), words) ?? words.find((word) => String(value).startsWith(`${word} `)),
        },
      ];
    }
    if (issue.code === 'invalid_type') {
      const allowed = typeWord(issue.expected, value, schemaAt(schema, issue.path));
      return [{ ...where, message: `${field} has the wrong type`, read, allowed }];
    }
    if (issue.code === 'too_big')
      return [{ ...where, message: `${field} is ${measure(value)}`, allowed: `at most ${issue.maximum}` }];
    if (issue.code === 'too_small')
      return [{ ...where, message: `${field} is ${measure(value)}`, allowed: `at least ${issue.minimum}` }];
    const [message, allowed] = issue.message.split('; allowed: ');
    return [{ ...where, message: `${field} ${message}`, read, allowed }];
  });
}

/** `clusters[1].role` */
export function showPath(path: Path): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${String(part)}`))
    .join('');
}

/** A value as one short line. */
export function showValue(value: unknown): string {
  // JSON has no .nan and no .inf
  const text =
    typeof value === 'string' || typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  const line = showControls(text.replace(/\s+/g, ' '));
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}

/** What a limit is about: the number itself, or how many entries or characters there are. */
function measure(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'string' ? `a text of ${value.length} characters` : showValue(value);
}

function typeWord(expected: string, value: unknown, definition: Definition | undefined): string {
  if (expected === 'string') {
    if (typeof value !== 'number' && typeof value !== 'boolean') return 'text';
    if (typeof value === 'number' && !Number.isFinite(value)) return 'text';
    // quotes help only where the text would be right: Istio 1.31 is no version, "1.31" neither
    const wrong = definition?.schema.safeParse(String(value)).error?.issues[0]?.message.split('; allowed: ')[1];
    return wrong ?? `text; put it in quotes: "${value}"`;
  }
  if (expected === 'array' && typeof value === 'string' && definition?.element?.def.type === 'string')
    return `a list: [${showValue(value)}]`;
  const words: Record<string, string> = {
    object: 'keys and values',
    record: 'keys and values',
    array: 'a list',
    boolean: 'true or false',
    int: 'a whole number',
    number: 'a whole number',
  };
  return words[expected] ?? `a ${expected}`;
}

function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, part) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    return (value as Record<PropertyKey, unknown>)[part];
  }, data);
}

/** What a value that is missing may be, where that is a list of words. */
function allowedWords(schema: z.ZodType, path: Path): Pick<Problem, 'allowed'> {
  const found = schemaAt(schema, path);
  return found?.type === 'enum' ? { allowed: Object.values(found.entries ?? {}).join(', ') } : {};
}

interface Definition {
  schema: z.ZodType;
  type: string;
  shape?: Record<string, z.ZodType>;
  innerType?: z.ZodType;
  element?: z.ZodType;
  entries?: Record<string, string>;
}

/** The definition of the schema at a path, with what is wrapped around it taken off. */
function schemaAt(schema: z.ZodType, path: Path): Definition | undefined {
  let bare = schema;
  for (let inner; (inner = (bare.def as unknown as Definition).innerType);) bare = inner;
  const definition: Definition = { ...(bare.def as unknown as Definition), schema: bare };
  const [head, ...rest] = path;
  if (head === undefined) return definition;
  const next = typeof head === 'number' ? definition.element : definition.shape?.[String(head)];
  return next ? schemaAt(next, rest) : undefined;
}
