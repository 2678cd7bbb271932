import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { redact, redactJson } from './redact.js';
import { findKnownSecret } from './known-secrets.js';
import { encodedIn, joined, unescaped, type Encoded } from './decodings.js';
import { detect } from './secretlint-detector.js';
import { brokenShapesIn, isPrivateKey, shapesIn } from './secret-shapes.js';
import { formatOf, isText, unpack } from './unpack.js';

/** Why a report must not be passed on. It does not repeat the secret, so it may be printed. */
export interface Leak {
  /** Relative to the scanned folder; then, after `!`, what it was found in: a zip's entry, `gzip`, `base64`. */
  path: string;
  what: string;
}

/** Archives in archives are opened this often. */
const deepest = 6;

/**
 * Looks in every file below `dir` for the secrets that are known (`known-secrets.ts`), for what `redact` would take out, for
 * the shapes of keys and tokens, and for what secretlint knows; also in archives, base64, hex and other encodings. What cannot be
 * opened is a leak as well: nobody knows what is in it; so is a file that unpacks to more than `mostBytes`. Returns one leak for each
 * file and kind, in the order of the files.
 */
export async function scanForSecrets(dir: string, mostBytes = 512 * 1024 * 1024): Promise<Leak[]> {
  const leaks: Leak[] = [];
  const clean = new Set<string>();
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => ({ entry, path: join(entry.parentPath, entry.name).slice(dir.length + 1) }));
  for (const { entry, path } of files.sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const scan = new FileScan(path, clean, mostBytes);
    try {
      scan.name();
      if (entry.isFile()) await scan.file(await readFile(join(dir, path)), path, 0);
      else scan.cannotRead(path, 'it is not a regular file');
    } catch (error) {
      scan.cannotRead(path, (error as Error).message);
    }
    leaks.push(...scan.leaks());
  }
  return leaks;
}

/** The scan of one file of a report, and of everything in it. */
class FileScan {
  private readonly found = new Map<string, Leak>();
  private reports = 0;

  constructor(
    private readonly path: string,
    /** Texts in which nothing was found: several reports repeat the same attachments. */
    private readonly clean: Set<string>,
    /** Bytes that may still be unpacked. */
    private room: number,
  ) {}

  leaks(): Leak[] {
    return [...this.found.values()];
  }

  /** The file's own path, which is not repeated when it holds a secret. */
  name(): void {
    if (findKnownSecret(this.path) || redact(this.path) !== this.path || shapesIn(this.path).length > 0)
      this.report('a file below this folder', 'secret in its name');
  }

  cannotRead(where: string, why: string): void {
    this.report(where, `cannot be searched: ${why}`);
  }

  /** A file, or an entry of an archive: its format must be known. */
  async file(bytes: Buffer, where: string, depth: number): Promise<void> {
    const { format, name } = formatOf(bytes);
    if (isPrivateKey(bytes)) this.report(where, 'private key');
    if (format === 'unknown') this.cannotRead(where, 'it is not text, and not a known archive format');
    if (format === 'unsupported') this.cannotRead(where, `${name} is not a known archive format`);
    // of an archive as well: entries that are stored, names and comments, and what stands around it
    await this.text(bytes, where, depth, format === 'text', kindOf(where.replace(/^.*!/, '')));
    if (format === 'text' || format === 'unknown' || format === 'unsupported' || format === 'media') return;
    if (depth >= deepest) return this.cannotRead(where, `more than ${deepest} nested archives`);
    const files = await unpack(bytes, format, this.room).catch((error: Error) => {
      this.cannotRead(where, `${name}: ${error.message}`);
      return [];
    });
    for (const { name, bytes: content } of files) {
      this.room -= content.length;
      await this.file(content, `${where}!${name}`, depth + 1);
    }
  }

  /** What base64 or hex in a text stands for. Most of it is nothing that can be read, and random bytes may begin as any format. */
  private async encoded({ how, bytes, type }: Encoded, container: string, depth: number): Promise<void> {
    const where = `${container.replace(/!(?:base64|hex)$/, '')}!${how}`;
    if (isPrivateKey(bytes)) this.report(where, 'private key');
    const { format } = formatOf(bytes);
    if (format === 'zip' || format === 'gzip') return this.file(bytes, where, depth);
    if (format === 'zlib') {
      const [plain] = await unpack(bytes, format, this.room).catch(() => []);
      if (plain) return this.file(plain.bytes, where, depth);
    }
    const isProgram = type !== undefined && /^(?:text|application)\/(?:javascript|css)$/.test(type);
    return this.text(bytes, where, depth, isText(bytes), isProgram ? 'program' : 'text');
  }

  /** `readable`: it is text, and not bytes in which text may stand. */
  private async text(bytes: Buffer, where: string, depth: number, readable: boolean, kind: Kind): Promise<void> {
    const key = `${readable} ${kind} ${createHash('sha256').update(bytes).digest('base64')}`;
    if (this.clean.has(key)) return;
    const before = this.reports;
    const text = isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1');
    this.word(text, where);
    if (!readable) this.kinds(shapesIn(text), where);
    else await this.reading(text, where, depth, kind, 0);
    // UTF-16, whose letters have a zero beside them
    if (readable && text.includes('\0'))
      await this.reading(text.replace(/^\xff\xfe|^\xfe\xff|\0/g, ''), where, depth, kind, 0);
    if (this.reports === before) this.clean.add(key);
  }

  /** One reading of a text, after its escapes were undone so many `times`; then what stands in it in another encoding. */
  private async reading(text: string, where: string, depth: number, given: Kind, times: number): Promise<void> {
    const kind = given === 'text' && isPage(text) ? 'page' : given;
    this.kinds(shapesIn(text), where);
    this.kinds(await detect(text), where);
    const documents = kind === 'text' ? jsonIn(text) : undefined;
    if (kind === 'text' && isRedactable(documents ?? text)) this.report(where, 'a value that is redacted elsewhere');
    if (kind !== 'program') {
      const whole = joined(text);
      this.word(whole, where);
      this.kinds(brokenShapesIn(whole), where);
    }
    const plain = times < mostEscapes[kind] ? unescaped(text) : '';
    if (plain !== '') {
      this.word(plain, where);
      // the strings of JSON have been read each for itself: side by side they look like settings
      await this.reading(plain, where, depth, documents ? 'page' : kind, times + 1);
    }
    for (const encoded of encodedIn(text)) await this.encoded(encoded, where, depth + 1);
  }

  private word(text: string, where: string): void {
    const known = findKnownSecret(text);
    if (known) this.report(where, `known secret (${known.source})`);
  }

  private kinds(kinds: readonly string[], where: string): void {
    for (const kind of kinds) this.report(where, kind);
  }

  private report(where: string, what: string): void {
    this.reports++;
    if (!this.found.has(what)) this.found.set(what, { path: where, what });
  }
}

/** Pages and programs have words of their own that look like settings, `password: e.value`; the data in them is encoded. */
type Kind = 'text' | 'page' | 'program';

/** How often the escapes of a text are undone: JSON in JSON in JSON has three levels. */
const mostEscapes: Record<Kind, number> = { text: 3, page: 2, program: 0 };

function kindOf(name: string): Kind {
  if (/\.html?$/.test(name)) return 'page';
  // Playwright's traces keep the sources of a test under such a name
  return /\.(?:[cm]?[jt]sx?|css)$/.test(name) || /(?:^|\/)src@/.test(name) ? 'program' : 'text';
}

function isPage(text: string): boolean {
  return /^\s*<(?:!doctype html|html)/i.test(text);
}

/** Whether `redact` would change a text, or a string in the documents of one. */
function isRedactable(text: string | unknown[]): boolean {
  if (typeof text === 'string') return redact(text) !== text;
  return text.some((document) => JSON.stringify(redactJson(document)) !== JSON.stringify(document));
}

/** The documents of a text that is nothing but JSON; without the source code that Playwright's report shows beside an error. */
function jsonIn(text: string): unknown[] | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  const parse = (json: string): unknown =>
    JSON.parse(json, (key, value: unknown) => (key === 'codeframe' || key === 'snippet' ? undefined : value));
  for (const parts of [[text], text.split('\n').filter((line) => line.trim() !== '')]) {
    try {
      return parts.map(parse);
    } catch {
      // one document, several, or none
    }
  }
  return undefined;
}
