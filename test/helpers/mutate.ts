import { expect } from 'vitest';
import { MeshproofError, ProblemsError } from '../../src/kernel/errors.js';
import { random } from './random.js';

/** Draws from a seed: a whole number below `n`, or one of a list. */
export interface Draw {
  below(n: number): number;
  of<T>(list: readonly T[]): T;
}

export function drawing(seed: number): Draw {
  const next = random(seed);
  const below = (n: number): number => Math.floor(next() * n);
  return { below, of: (list) => list[below(list.length)]! };
}

const pieces = [
  ...[
    '\t',
    '\n',
    ' ',
    ':',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '*a',
    '&a ',
    '!!binary ',
    '? ',
    '|',
    '>',
    '0',
    '-1',
    '1e999',
  ],
  ...[
    'null',
    '/',
    '.inf',
    '.nan',
    '<<: ',
    '__proto__: ',
    'constructor',
    'é',
    '\u2028',
    '\u0000',
    '\u001b[31m',
    '#',
    '%',
    '{istio}',
  ],
  ...[
    '../',
    '99999999999999999999',
    '1.31.0',
    '1.32-alpha.0123',
    '10.0.0.0/8',
    'x'.repeat(300),
    '~',
    '---\n',
    '...\n',
    '\ufeff',
    '\r\n',
  ],
];

/** A text with some pieces put in, taken out or cut off, or lines exchanged. */
export function mutateText(text: string, draw: Draw): string {
  for (let edits = 1 + draw.below(4); edits > 0; edits--) {
    const at = draw.below(text.length + 1);
    const lines = text.split('\n');
    const line = draw.below(lines.length);
    switch (draw.below(10)) {
      case 0:
        text = lines.toSpliced(line, 1).join('\n');
        break;
      case 1:
        text = lines.toSpliced(draw.below(lines.length), 0, lines[line]!).join('\n');
        break;
      case 2:
        // the value of a line
        text = lines.with(line, lines[line]!.replace(/:.*/, `: ${draw.of(pieces)}`)).join('\n');
        break;
      case 3:
        if (draw.below(5) === 0) text = text.slice(0, at);
        break;
      default:
        text = text.slice(0, at) + draw.of(pieces) + text.slice(at + draw.below(4));
    }
  }
  return text;
}

const values = [
  ...[
    null,
    true,
    0,
    -1,
    1.5,
    1e308,
    2 ** 53,
    '',
    ' ',
    '../../x',
    '/etc/hostname',
    'x'.repeat(5000),
    '\u001b[31m',
    '\u0000',
    '{istio}',
  ],
  ...[[], {}, [null], { a: 1 }, '1.31.1', '2026-11-29', '__proto__', 'sha256:', '0'.repeat(64), 'failed', 99],
];

/** A copy of JSON data with some of its values replaced, removed, doubled or under another name. */
export function mutateJson(data: unknown, draw: Draw): unknown {
  let copy: unknown = structuredClone(data);
  for (let edits = 1 + draw.below(3); edits > 0; edits--) {
    const places = placesIn(copy);
    // now and then the whole of it
    if (places.length === 0 || draw.below(100) === 0) copy = structuredClone(draw.of(values));
    else change(draw.of(places), draw);
  }
  return copy;
}

type Place = { parent: Record<string, unknown>; key: string };

function placesIn(data: unknown): Place[] {
  if (typeof data !== 'object' || data === null) return [];
  const parent = data as Record<string, unknown>;
  return Object.keys(parent).flatMap((key) => [{ parent, key }, ...placesIn(parent[key])]);
}

function change({ parent, key }: Place, draw: Draw): void {
  const list = Array.isArray(parent) ? (parent as unknown[]) : undefined;
  switch (draw.below(5)) {
    case 0:
      if (list) list.splice(Number(key), 1);
      else delete parent[key];
      break;
    case 1:
      if (list) list.push(structuredClone(list[Number(key)]));
      else parent[draw.of(['x', 'constructor', key.toUpperCase()])] = structuredClone(parent[key]);
      break;
    case 2:
      if (typeof parent[key] === 'string') parent[key] = mutateText(parent[key], draw);
      break;
    default:
      parent[key] = structuredClone(draw.of(values));
  }
}

/** Processor seconds that one input may take. On a busy machine the time of day says nothing. */
const limit = 5;

/** Runs `work` and says how it ended: only an error that is meant for users may come out of it, and none after a long time. */
export async function refusal(work: () => unknown, input: string): Promise<MeshproofError | undefined> {
  const start = process.cpuUsage();
  let error: unknown;
  try {
    await work();
  } catch (thrown) {
    error = thrown;
  }
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1e6, `hangs at ${input}`).toBeLessThan(limit);
  if (error === undefined) return undefined;
  if (!(error instanceof MeshproofError))
    throw new Error(`an error that is not for users at ${input}`, { cause: error });
  expect(error.describe(), input).not.toMatch(/\n\s+at |\[object Object\]/);
  return error;
}

/** Demands that every problem of a YAML file says where it is. */
export function expectPositions(error: MeshproofError, files: readonly string[], input: string): void {
  const problems = error instanceof ProblemsError ? error.problems : [];
  expect(problems.length, `${error.describe()} at ${input}`).toBeGreaterThan(0);
  for (const { file, line, column, message } of problems) {
    expect(files, input).toContain(file);
    expect(Math.min(line, column), `${message} at ${input}`).toBeGreaterThan(0);
    expect(message, input).toMatch(/\S/);
  }
}
