import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isAlias, isMap, isNode, isScalar, isSeq, parseDocument, visit } from 'yaml';
import type { Document, Node, Pair, YAMLMap } from 'yaml';
import { firstControl, showControls } from '../kernel/control-characters.js';
import { ProblemsError, type Problem } from '../kernel/errors.js';
import { nearest } from '../kernel/nearest-word.js';
import { sha256Of } from '../kernel/sha256.js';
import type { Locate, Path, Position } from './positions.js';

/** Bytes. A topology of fifteen clusters has about 6,000; a megabyte of keys would take the parser several seconds. */
export const sizeLimit = 128 * 1024;
const atTop = { line: 1, column: 1 };

export interface YamlFile {
  /** Plain data: no aliases, no cycles. */
  data: unknown;
  locate: Locate;
}

/** The text of a file, refused before parsing where it cannot be YAML. Throws ProblemsError. */
export function readText(file: string): string {
  return readHashed(file).text;
}

/** The same, with the SHA-256 of the file's bytes, of one and the same reading. */
export function readHashed(file: string): { text: string; sha256: string } {
  const refuse = (message: string, more: Partial<Problem> = {}): never => {
    throw new ProblemsError([{ file, ...atTop, message, ...more }]);
  };
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) refuse('this is a directory', { allowed: 'a YAML file' });
    if (!stat.isFile()) refuse('this is not a regular file', { allowed: 'a YAML file' });
    if (stat.size > sizeLimit) refuse(`the file has ${stat.size} bytes`, { allowed: `at most ${sizeLimit} bytes` });
    const bytes = readFileSync(file);
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), sha256: sha256Of(bytes) };
  } catch (error) {
    if (error instanceof ProblemsError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    const target = linkTarget(file);
    if (code === 'ENOENT' && target !== undefined)
      return refuse('this is a symbolic link to a file that does not exist', { read: target });
    if (code === 'ENOENT' || code === 'ENOTDIR') return refuse('the file does not exist', sibling(file));
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return refuse('this is not text', { allowed: 'YAML in UTF-8' });
    return refuse(`cannot read the file${code ? ` (${code})` : ''}`);
  }
}

/** Where a symbolic link leads; undefined for anything else. */
function linkTarget(file: string): string | undefined {
  return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(file) : undefined;
}

/** The file of that folder whose name comes nearest. */
function sibling(file: string): Partial<Problem> {
  const folder = dirname(file);
  try {
    const files = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
    const suggestion = nearest(basename(file), files);
    return {
      allowed: `${files.join(', ')}; a file elsewhere by its path, such as ./mine.yaml`,
      suggestion: suggestion && join(folder, suggestion),
    };
  } catch {
    return {};
  }
}

/** Parses one YAML document of plain data. Throws ProblemsError with every mistake in its syntax. */
export function parseYaml(text: string, file: string): YamlFile {
  const refuse = (message: string, more: Partial<Problem> = {}): never => {
    throw new ProblemsError([{ file, ...atTop, message, ...more }]);
  };
  if (Buffer.byteLength(text) > sizeLimit) refuse(`the file has more than ${sizeLimit} bytes`);
  const nul = text.indexOf('\0');
  if (nul >= 0) refuse(`this is not text: byte ${nul + 1} is NUL`, { allowed: 'YAML in UTF-8' });
  const at = positionsIn(text);
  const control = firstControl(text);
  if (control >= 0)
    throw new ProblemsError([
      { file, ...at(control), message: 'a control character is not allowed here', ...shown(text[control]!) },
    ]);
  let document: Document.Parsed;
  try {
    // uniqueKeys compares every key with every other, minutes for a file at the limit; we look for them ourselves
    document = parseDocument(text, { uniqueKeys: false, prettyErrors: false, logLevel: 'error' });
  } catch (error) {
    if (error instanceof RangeError) return refuse('the data is nested too deeply');
    throw error;
  }
  const tabs = document.errors.filter(({ code }) => code === 'TAB_AS_INDENT');
  // after a tab the parser has lost its place, and what else it says is about that
  const errors = tabs.length > 0 ? tabs : document.errors;
  const problems: Problem[] = errors.map((error) => ({ file, ...at(error.pos[0]), ...explain(error) }));
  if (tabs.length === 0)
    problems.push(...forbidden(document).map(({ offset, ...problem }) => ({ file, ...at(offset), ...problem })));
  if (problems.length > 0) throw new ProblemsError(problems);
  if (document.contents === null)
    refuse('the file is empty', { allowed: 'keys and values; docs/topologies.md shows them' });
  return { data: document.toJS(), locate: locator(document, at) };
}

/** Where offsets of a text are. The parser's own count of lines misses some after a mistake. */
function positionsIn(text: string): (offset: number) => Position {
  const starts = [0];
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return (offset) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  };
}

/** What is said of a control character, or of a text with one in it. */
function shown(text: string): Pick<Problem, 'read' | 'allowed'> {
  return { read: showControls(text).slice(0, 60), allowed: 'text without control characters' };
}

function explain({ code, message }: { code: string; message: string }): Pick<Problem, 'message' | 'allowed'> {
  if (code === 'TAB_AS_INDENT') return { message: 'a tab indents this line', allowed: 'spaces' };
  if (code === 'MULTIPLE_DOCS')
    return { message: 'a second YAML document begins here', allowed: 'one document per file' };
  // the parser caught its own overflow
  if (/call stack/i.test(message)) return { message: 'the data is nested too deeply' };
  return { message: `invalid YAML: ${message.split('\n')[0]}` };
}

/**
 * Aliases are refused because a short file can stand for gigabytes with them, and so can keys that are lists or maps, as text; a key
 * given twice because one would be lost; control characters because a terminal would obey them.
 */
function forbidden(document: Document.Parsed): { offset: number; message: string; allowed?: string; read?: string }[] {
  const found: { offset: number; message: string; allowed?: string; read?: string }[] = [];
  visit(document, {
    Alias: (_, alias) => {
      found.push({
        offset: alias.range?.[0] ?? 0,
        message: 'an alias is not allowed here',
        read: `*${alias.source}`,
        allowed: 'the value instead of the alias',
      });
    },
    Scalar: (_, scalar) => {
      if (typeof scalar.value !== 'string' || firstControl(scalar.value) < 0) return;
      found.push({
        offset: offsetOf(scalar) ?? 0,
        message: 'a control character is not allowed here',
        ...shown(scalar.value),
      });
    },
    Map: (_, map) => {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (isMap(key) || isSeq(key)) {
          found.push({ offset: offsetOf(key) ?? 0, message: 'a key is a list or a map', allowed: 'text' });
          return visit.SKIP;
        }
        const name = keyName(key);
        if (seen.has(name)) found.push({ offset: offsetOf(key) ?? 0, message: `the key "${name}" exists twice` });
        seen.add(name);
      }
    },
  });
  return found;
}

function keyName(key: unknown): string {
  return isScalar(key) ? String(key.value ?? '') : isAlias(key) ? `*${key.source}` : '';
}

function offsetOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function locator(document: Document.Parsed, at: (offset: number) => Position): Locate {
  const pairs = new WeakMap<YAMLMap, Map<string, Pair>>();
  const pairOf = (map: YAMLMap, key: string): Pair | undefined => {
    let index = pairs.get(map);
    if (!index) pairs.set(map, (index = new Map(map.items.map((pair) => [keyName(pair.key), pair]))));
    return index.get(key);
  };
  return (path: Path, part: 'key' | 'value' = 'value') => {
    let node: Node | null = document.contents;
    let offset = offsetOf(node) ?? 0;
    for (const [depth, segment] of path.entries()) {
      const pair: Pair | undefined = isMap(node) ? pairOf(node, String(segment)) : undefined;
      const next: unknown = pair ? pair.value : isSeq(node) ? node.items[Number(segment)] : undefined;
      if (pair && part === 'key' && depth === path.length - 1) return at(offsetOf(pair.key) ?? offset);
      if (pair === undefined && next === undefined) break;
      // an empty value (`role:`) is a null node at the place where the value would stand
      offset = offsetOf(next) ?? offsetOf(pair?.key) ?? offset;
      node = isNode(next) ? next : null;
    }
    return at(offset);
  };
}
