import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import yauzl from 'yauzl';
import type { Planted } from './planted.js';

/** Every file of a folder. */
export function filesOf(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => path.join(entry.parentPath, entry.name));
}

/** A word in the encodings in which a reader would find it. */
function formsOf(word: string): string[] {
  const bytes = Buffer.from(word);
  const inBase64 = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    return text.slice(Math.ceil((offset * 4) / 3), Math.floor(((offset + bytes.length) * 4) / 3));
  });
  return [word, JSON.stringify(word).slice(1, -1), encodeURIComponent(word), bytes.toString('hex'), ...inBase64];
}

async function entriesOf(zip: Buffer): Promise<Buffer[]> {
  const contents: Buffer[] = [];
  const file = await yauzl.fromBufferPromise(zip);
  for await (const entry of file.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await file.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    contents.push(Buffer.from(entry.fileName), Buffer.concat(chunks));
  }
  return contents;
}

/** What can be read in a file: its text, what that holds in base64, and the entries of zips and gzips among both. */
async function readingsOf(bytes: Buffer, depth = 0): Promise<string[]> {
  const text = bytes.toString('latin1');
  if (depth > 4) return [text];
  const zip = bytes.subarray(0, 4).toString('latin1') === 'PK\x03\x04';
  const gzip = bytes.subarray(0, 2).toString('latin1') === '\x1f\x8b';
  // a tar in it has its files as they are
  const inner = zip
    ? await entriesOf(bytes)
    : gzip
      ? [gunzipSync(bytes)]
      : [...text.matchAll(/[A-Za-z0-9+/_-]{40,}={0,2}/g)].map(([chunk]) => Buffer.from(chunk, 'base64'));
  const deeper = await Promise.all(inner.map((one) => readingsOf(one, depth + 1)));
  return [text, ...deeper.flat()];
}

/** The planted secrets that are given away by a file, or by one of these texts; each with where it is. */
export async function leaksIn(planted: readonly Planted[], files: readonly string[], texts: string[] = []) {
  const forms = planted.map(({ words }) => words.flatMap(formsOf));
  const found = new Map<number, string>();
  const look = (text: string, where: string): void => {
    for (const [i, own] of forms.entries())
      if (!found.has(i) && own.some((form) => text.includes(form))) found.set(i, where);
  };
  for (const file of files) {
    look(file, `name of ${file}`);
    for (const text of await readingsOf(readFileSync(file))) look(text, file);
  }
  texts.forEach((text, i) => look(text, `text ${i + 1}`));
  return [...found].map(([i, where]) => `${planted[i]!.kind} in ${where}`);
}
