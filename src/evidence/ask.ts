import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import pLimit from 'p-limit';
import { MeshproofError } from '../kernel/errors.js';
import { fileProblem } from '../kernel/file-problem.js';
import { redact } from '../kernel/secrets/redact.js';
import type { EvidenceFile } from '../record/result.js';
import type { EvidenceItem } from './evidence-items.js';

/** What came of a question. */
export interface Answer {
  state: NonNullable<EvidenceFile['state']>;
  text: string;
  /** Milliseconds. */
  took: number;
}

/** A file of evidence with what `collected.txt` says of it. */
export interface Collected extends EvidenceFile {
  state: Answer['state'];
  took: number;
  /** The first line of an answer that is none. */
  why?: string;
}

/** How much may be asked of one place, a cluster or the host, so that a slow one takes nothing from the others. */
export interface Limits {
  /** Questions at once; a machine with two processors is busy with the mesh itself. */
  atOnce: number;
  /** Seconds after which nothing else is asked of it. */
  seconds: number;
  /** Bytes of one answer; what is longer loses its middle. */
  bytes: number;
}

/** An answer of each kind of log fits: the largest of a mesh of two clusters has 700 KB. */
export const usualLimits: Limits = { atOnce: 3, seconds: 60, bytes: 4 * 1024 * 1024 };

/** Asks all questions of one place and writes the answers below `dir`, redacted, as `<place>/<name>.txt`. Never throws for an answer. */
export async function askAll(
  items: readonly EvidenceItem[],
  place: string,
  dir: string,
  { atOnce, seconds, bytes }: Limits = usualLimits,
): Promise<Collected[]> {
  const slots = pLimit(atOnce);
  const end = Date.now() + seconds * 1000;
  await mkdir(join(dir, place), { recursive: true });
  const one = async (item: EvidenceItem): Promise<Collected> => {
    const late = `not asked: the ${seconds} s for ${place} were over`;
    const given = Date.now() < end ? await answer(item) : withoutAnswer(item, 'not asked', late);
    return write(dir, place, item.name, given, bytes);
  };
  return Promise.all(items.map((item) => slots(() => one(item))));
}

/** The question, when it was asked, and the answer or the reason why there is none. */
export async function answer(item: EvidenceItem): Promise<Answer> {
  const start = Date.now();
  try {
    const text = await item.ask();
    const state = text.trim() === '' ? 'empty' : 'answered';
    return { state, text: head(item) + (state === 'empty' ? '(empty)' : text), took: Date.now() - start };
  } catch (error) {
    const why = error instanceof MeshproofError ? error.describe() : String(error);
    return { ...withoutAnswer(item, 'failed', why), took: Date.now() - start };
  }
}

function withoutAnswer(item: EvidenceItem, state: Answer['state'], why: string): Answer {
  return { state, text: head(item) + why, took: 0 };
}

function head({ question }: EvidenceItem): string {
  return `$ ${question}\n# ${new Date().toISOString()}\n\n`;
}

/** Writes an answer, redacted; the path is relative to the run's folder, two above `dir`. */
export async function write(
  dir: string,
  place: string,
  name: string,
  { state, text, took }: Answer,
  most = usualLimits.bytes,
): Promise<Collected> {
  const file = join(dir, place === 'mesh' ? '' : place, `${name}.txt`);
  // redacted first: half of a key is not known for one
  const content = `${shortened(redact(text).trimEnd(), most)}\n`;
  await writeFile(file, content).catch((error: unknown) => {
    throw fileProblem(error, file);
  });
  const bad = state === 'failed' || state === 'not asked';
  const why = bad
    ? redact(text)
        .split('\n')
        .slice(3)
        .find((line) => line.trim() !== '')
    : undefined;
  const path = relative(dirname(dirname(dir)), file);
  return { cluster: place, path, bytes: Buffer.byteLength(content), state, took, why };
}

/** A text of at most so many bytes: its beginning and its end. */
function shortened(text: string, most: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= most) return text;
  const half = Math.floor(most / 2);
  const cut = `\n\n[${bytes.length - 2 * half} bytes are left out here]\n\n`;
  return bytes.subarray(0, half).toString('utf8') + cut + bytes.subarray(-half).toString('utf8');
}
