import { appendFileSync, closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { formsOf, WordSearch } from './word-search.js';

/** A text that must not be in a report, and where it comes from, such as `Secret cluster1/istio-system/cacerts`. */
export interface KnownSecret {
  word: string;
  source: string;
}

/** The secrets that this process knows, word for word. */
const known = new Map<string, string>();
let search: { forms: Map<string, string>; find: WordSearch } | undefined;
/** Where other processes of the run read what this one learns. */
let shared: string | undefined;
let readUpTo = 0;

/** Adds secrets to those that are redacted and that reports are searched for. */
export function rememberSecrets(secrets: readonly KnownSecret[]): void {
  const fresh = add(secrets);
  if (shared !== undefined) append(shared, fresh);
}

/** Returns those that were not known yet. */
function add(secrets: readonly KnownSecret[]): KnownSecret[] {
  const fresh = secrets.filter(({ word }) => !known.has(word));
  for (const { word, source } of fresh) known.set(word, source);
  if (fresh.length > 0) search = undefined;
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
  if (file === undefined) return;
  const own = knownSecrets();
  const others = new Set(readSharedSecrets().map(({ word }) => word));
  append(
    file,
    own.filter(({ word }) => !others.has(word)),
  );
}

/** Reads what has been added to the file since the last call, and returns it. */
export function readSharedSecrets(): KnownSecret[] {
  if (shared === undefined || !existsSync(shared)) return [];
  const text = readFileSync(shared, 'utf8');
  // a line that another process is writing is read the next time
  const whole = text.lastIndexOf('\n') + 1;
  const lines = text.slice(readUpTo, whole).split('\n');
  readUpTo = whole;
  const secrets = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as KnownSecret);
  add(secrets);
  return secrets;
}

function append(file: string, secrets: readonly KnownSecret[]): void {
  // made with its mode, which appending alone leaves to the umask
  closeSync(openSync(file, 'a', 0o600));
  if (secrets.length > 0) appendFileSync(file, secrets.map((secret) => `${JSON.stringify(secret)}\n`).join(''));
}

/** The first known secret in `text` from `from` on, in any of its encodings; `word` is what stands there. */
export function findKnownSecret(text: string, from = 0): { word: string; index: number; source: string } | undefined {
  if (!search) {
    const forms = new Map<string, string>();
    for (const [word, source] of known) for (const form of formsOf(word)) forms.set(form, source);
    search = { forms, find: new WordSearch(forms.keys()) };
  }
  const hit = search.find.next(text, from);
  return hit && { ...hit, source: search.forms.get(hit.word)! };
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
