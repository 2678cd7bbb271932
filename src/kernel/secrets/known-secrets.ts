import { appendFileSync, closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { WordSearch } from './word-search.js';

/** A text that must not be in a report, and where it comes from, such as `Secret cluster1/istio-system/cacerts`. */
export interface KnownSecret {
  word: string;
  source: string;
}

/** The secrets that this process knows, word for word. */
const known = new Map<string, string>();
const search = new WordSearch();
/** Those that are looked for from the next text on: some processes learn secrets and search for none. */
let unsearched: string[] = [];

/** Where other processes of the run read what this one learns. */
let shared: string | undefined;
/** Bytes of that file that have been read. */
let readUpTo = 0;

/** Adds secrets to those that are redacted and that reports are searched for. */
export function rememberSecrets(secrets: readonly KnownSecret[]): void {
  readSharedSecrets();
  const fresh = add(secrets);
  if (shared !== undefined) append(shared, fresh);
}

/** Returns those that were not known yet. */
function add(secrets: readonly KnownSecret[]): KnownSecret[] {
  const fresh = secrets.filter(({ word }) => !known.has(word));
  for (const { word, source } of fresh) {
    if (!known.has(word)) unsearched.push(word);
    known.set(word, source);
  }
  return fresh;
}

export function knownSecrets(): KnownSecret[] {
  return [...known].map(([word, source]) => ({ word, source }));
}

/**
 * Shares the secrets of this process with the others of its run by a file that only the user can read: what is known and
 * what is learnt later is written to it, and what others have written is read. Without a file, sharing ends.
 */
export function shareSecrets(file: string | undefined): void {
  shared = file;
  readUpTo = 0;
  if (file !== undefined) exchangeSecrets(file);
}

/** Adds what others have written to `file` to the secrets of this process, and those of this process to the file. */
export function exchangeSecrets(file: string): void {
  // made with its mode, which appending alone leaves to the umask
  closeSync(openSync(file, 'a', 0o600));
  const others = linesOf(readFileSync(file));
  add(others);
  const words = new Set(others.map(({ word }) => word));
  append(
    file,
    knownSecrets().filter(({ word }) => !words.has(word)),
  );
}

/** Reads what has been added to the shared file since the last call. */
export function readSharedSecrets(): void {
  if (shared === undefined) return;
  const size = statSync(shared, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= readUpTo) return;
  const bytes = Buffer.alloc(size - readUpTo);
  const file = openSync(shared, 'r');
  const read = readSync(file, bytes, 0, bytes.length, readUpTo);
  closeSync(file);
  // a line that another process is writing is read the next time
  const whole = bytes.subarray(0, bytes.lastIndexOf('\n', read - 1) + 1);
  readUpTo += whole.length;
  add(linesOf(whole));
}

function linesOf(bytes: Buffer): KnownSecret[] {
  const lines = bytes.toString('utf8').split('\n').slice(0, -1);
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as KnownSecret];
    } catch {
      // empty, or cut off by a full disk
      return [];
    }
  });
}

function append(file: string, secrets: readonly KnownSecret[]): void {
  if (secrets.length === 0) return;
  // the line before may have been cut off
  const text = ['', ...secrets.map((secret) => JSON.stringify(secret)), ''].join('\n');
  appendFileSync(file, text, { mode: 0o600 });
}

/** The first known secret in `text` from `from` on, in any of its encodings; `word` is what stands there. */
export function findKnownSecret(text: string, from = 0): { word: string; index: number; source: string } | undefined {
  if (from === 0) readSharedSecrets();
  for (const word of unsearched) search.add(word);
  unsearched = [];
  const hit = search.next(text, from);
  return hit && { word: hit.found, index: hit.index, source: known.get(hit.word)! };
}

/** Puts `replacement` in the place of every known secret. */
export function replaceKnownSecrets(text: string, replacement: string): string {
  let out = '';
  let done = 0;
  for (let hit = findKnownSecret(text); hit; hit = findKnownSecret(text, done)) {
    out += text.slice(done, hit.index);
    // the pieces of one long secret stand beside each other
    if (!out.endsWith(replacement)) out += replacement;
    done = hit.index + hit.word.length;
  }
  return out + text.slice(done);
}
