import { createPrivateKey } from 'node:crypto';
import { parse } from 'yaml';
import type { KnownSecret } from './known-secrets.js';
import { shortestWord } from './word-search.js';

/** A word that no key calls a secret must be this long: shorter ones are often names. */
const shortestUnnamed = 12;
/** Longer words are looked for in pieces, because a terminal or a log may wrap them. */
const pieceLength = 64;

/** Keys that say that their value is a secret: `API_TOKEN`, `clientSecret`, `tls.key`, `LICENSE`. */
const secretKey =
  /passw|passphrase|secret|token|credential|licen[cs]e|private|(?:^|[._-])(?:auth|key|pwd)$|(?:api|access|signing|encryption)[._-]?key|[a-z](?:Key|Auth)$/i;
/** Keys of Secrets whose values everybody may see. */
export const publicKey =
  /^(?:ca\.crt|tls\.crt|.*cert.*\.pem|.*-ca\.pem|ca\.pem|namespace|username|user|host|port|description|expiration|token-id|usage-.*|auth-extra-groups)$/i;
/** What stands in the place of a password in examples and defaults; it is a common word in any report. */
const placeholder =
  /^(?:pass(?:word|wd)?|secret|token|changeme|change-me|admin|administrator|default|example|redacted|0123456789abcdef)\d*$/i;
/** Addresses, paths, times and words: values that are no secret unless their key says so. */
const ordinary = /^(?:[a-z]+:\/\/[^@\s]*|\/[\w./-]*|\d[\d.:,TZ+-]*|[A-Za-z]+(?:[ ._:/-][A-Za-z]+)*)$/;
/** One word of a language or a product, `postgres`: as a password it protects nothing, and reports are full of it. */
const plainWord = /^[A-Za-z]?[a-z]{0,14}$/;
/** A part of a name: a word with a number, or something as short as the hash in the name of a pod. */
const namePart = /^(?:[a-z]{0,24}\d{0,4}|[a-z0-9]{0,11})$/;

function isOrdinary(value: string): boolean {
  return ordinary.test(value) || value.split(/[.:_/-]/).every((part) => namePart.test(part));
}

export function isSecretKey(key: string): boolean {
  return secretKey.test(key) && !publicKey.test(key);
}

/** Whether a value without a telling key looks as if it were random: that is, as secrets do. */
export function looksSecret(value: string): boolean {
  return (
    value.length >= shortestUnnamed &&
    !/\s/.test(value) &&
    !isOrdinary(value) &&
    /\d/.test(value) &&
    /[a-z]/i.test(value)
  );
}

/**
 * The parts of one secret text to look for: the lines and numbers of a private key, the credentials of a kubeconfig or of Docker's
 * configuration, and of anything else its lines. Public certificates are left out. `named`: its key says that it is secret.
 */
export function wordsOf(text: string, named = false): string[] {
  const words = new Set<string>();
  const rest = text
    .replace(pemKey, (key) => {
      for (const word of wordsOfKey(key)) words.add(word);
      return '';
    })
    .replace(/-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g, '');
  const document = structured(rest);
  if (document === undefined) {
    for (const line of rest.split('\n')) for (const word of wordsOfLine(line.trim(), named)) words.add(word);
  } else {
    for (const { key, value } of leavesOf(document)) {
      if (publicKey.test(key) || key === 'certificate-authority-data' || key === 'client-certificate-data') continue;
      const secret = isSecretKey(key);
      if (!secret && !looksSecret(value)) continue;
      for (const text of [value, decoded(key, value)])
        for (const word of text === undefined ? [] : wordsOf(text, secret)) words.add(word);
    }
  }
  return [...words].flatMap(pieces);
}

const pemKey = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[^-]*-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----/g;

function wordsOfKey(pem: string): string[] {
  const lines = pem.split('\n').map((line) => line.trim());
  const body = lines.filter((line) => line.length >= shortestUnnamed && !/^-----|: /.test(line));
  try {
    const { d, p, q, dp, dq, qi } = createPrivateKey(pem).export({ format: 'jwk' });
    return [...body, ...[d, p, q, dp, dq, qi].filter((number) => number !== undefined)];
  } catch {
    // an encrypted key, or one of a kind that has no JSON Web Key
    return body;
  }
}

function wordsOfLine(line: string, named: boolean): string[] {
  const assigned = /^(?:export )?([\w.-]+) ?[=:] ?["']?([^"']+)["']?$/.exec(line);
  if (assigned && isSecretKey(assigned[1]!)) return wordsOfLine(assigned[2]!.trim(), true);
  if (line.length < (named ? shortestWord : shortestUnnamed)) return [];
  if (placeholder.test(line) || plainWord.test(line)) return [];
  return named || !isOrdinary(line) ? [line] : [];
}

/** A YAML or JSON mapping or list, such as a kubeconfig. */
export function structured(text: string): object | undefined {
  if (!/^\s*[{[]|^[\w"'-]+:(?:\s|$)/m.test(text)) return undefined;
  try {
    const document: unknown = parse(text, { maxAliasCount: 100, logLevel: 'silent' });
    return typeof document === 'object' && document !== null ? document : undefined;
  } catch {
    return undefined;
  }
}

/** Strings and numbers of a document, each with its nearest key; `{name: KEY, value: x}` has the key KEY. */
export function leavesOf(node: unknown, key = ''): { key: string; value: string }[] {
  if (typeof node === 'string' || typeof node === 'number') return [{ key, value: String(node) }];
  if (Array.isArray(node)) return node.flatMap((item) => leavesOf(item, key));
  if (typeof node !== 'object' || node === null) return [];
  const { name, value } = node as Record<string, unknown>;
  if (typeof name === 'string' && typeof value === 'string') return leavesOf(value, name);
  return Object.entries(node).flatMap(([own, item]) => leavesOf(item, own));
}

/** What a base64 value of a kubeconfig or of Docker's configuration holds; undefined for any other. */
function decoded(key: string, value: string): string | undefined {
  if (!/^(?:client-key-data|auth)$/.test(key) || !/^[A-Za-z0-9+/]+=*$/.test(value)) return undefined;
  const text = Buffer.from(value, 'base64').toString('utf8');
  // Docker's is user:password
  return key === 'auth' ? text.slice(text.indexOf(':') + 1) : text;
}

export function pieces(word: string): string[] {
  if (word.length < 2 * pieceLength) return [word];
  const count = Math.floor(word.length / pieceLength);
  return Array.from({ length: count }, (_, i) =>
    i === count - 1 ? word.slice(i * pieceLength) : word.slice(i * pieceLength, (i + 1) * pieceLength),
  );
}

/** The secrets of a text that is secret as a whole: a key, a token. */
export function secretsOfText(text: string, source: string): KnownSecret[] {
  return wordsOf(text, true).map((word) => ({ word, source }));
}
