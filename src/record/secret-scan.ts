import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { filesBelow } from './files.js';
import { isZip, unzip } from './unzip.js';

/** A secret that is in an archive. It does not say the secret itself, so it may be printed. */
export interface Leak {
  /** Relative to the scanned folder; then, after `!`, what it was found in: a zip's entry, `gzip`, `base64`. */
  path: string;
  what: string;
}

const shapes: [what: string, pattern: RegExp][] = [
  [
    'private key',
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----(?:\\+[nr]|\s){1,8}(?:[A-Za-z-]{1,30}: |[A-Za-z0-9+/=]{16})/,
  ],
  ['client key of a kubeconfig', /client-key-data(?:\\*["'])?\s{0,8}:\s{0,8}(?:\\*["'])?[A-Za-z0-9+/=]{40}/],
  ['token (JWT)', /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,4000}\.eyJ[A-Za-z0-9_-]{10,8000}\.[A-Za-z0-9_-]{16}/],
  [
    'token of a kubeconfig',
    /(?:^|[\s"'\\n])token(?:\\*["'])?:\s{0,8}(?:\\*["'])?(?:[a-z0-9]{6}\.[a-z0-9]{16}(?![A-Za-z0-9])|eyJ[A-Za-z0-9_-]{10})/,
  ],
  ['bearer token', /authorization(?:\\*["'])?\s{0,8}[:=]\s{0,8}(?:\\*["'])?bearer [A-Za-z0-9._~+/-]{20}/i],
];

/**
 * Looks for `canaries` (secrets that the run itself made, word for word) and for anything shaped like a private key or
 * a kubeconfig's credential in every file below `dir`; also in what zip, gzip and base64 hide, which is how Playwright's
 * and Allure's reports keep attachments. Returns one leak for each file and kind.
 */
export async function scanForSecrets(dir: string, canaries: readonly string[]): Promise<Leak[]> {
  // a short one would be found in innocent text
  const planted = canaries.map((canary) => canary.trim()).filter((canary) => canary.length >= 12);
  const leaks = new Map<string, Leak>();
  for (const path of await filesBelow(dir)) {
    const report = (where: string, what: string) =>
      leaks.set(`${path} ${what}`, leaks.get(`${path} ${what}`) ?? { path: where, what });
    scan(await readFile(join(dir, path)), path, planted, 0, report);
  }
  return [...leaks.values()];
}

/** A chunk of base64, on one line or several. */
const base64 = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{40,}(?:(?:\\n|\s)+[A-Za-z0-9+/_-]{16,})*={0,2}/g;
const deepest = 6;

function scan(
  bytes: Buffer,
  where: string,
  canaries: readonly string[],
  depth: number,
  report: (where: string, what: string) => void,
): void {
  if (depth > deepest) return;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    const plain = attempt(() => gunzipSync(bytes, { maxOutputLength: 512 * 1024 * 1024 }));
    if (plain) scan(plain, `${where}!gzip`, canaries, depth + 1, report);
    return;
  }
  if (isZip(bytes)) {
    for (const entry of attempt(() => unzip(bytes)) ?? [])
      scan(entry.content, `${where}!${entry.name}`, canaries, depth + 1, report);
    return;
  }
  const text = bytes.toString('latin1');
  if (canaries.some((canary) => text.includes(canary))) report(where, 'planted secret');
  for (const [what, pattern] of shapes) if (pattern.test(text)) report(where, what);
  for (const [chunk] of text.matchAll(base64)) {
    for (const run of new Set([chunk.replace(/\\n|\s+/g, ''), ...chunk.split(/\\n|\s+/)])) {
      if (run.length >= 40)
        scan(Buffer.from(run, 'base64'), `${where.replace(/!base64$/, '')}!base64`, canaries, depth + 1, report);
    }
  }
}

/** What only looks like an archive has been looked at as far as it can be. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
