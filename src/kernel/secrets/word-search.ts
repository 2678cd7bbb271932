/** A place at which one of the words stands. */
export interface Hit {
  word: string;
  index: number;
}

/** At least this many characters: shorter words occur by chance. */
export const shortestWord = 8;

/**
 * Finds any of many words in long texts. The time does not depend on the number of words: a table of their first four
 * characters tells at which positions a word can start. Words under `shortestWord` characters are ignored.
 */
export class WordSearch {
  private readonly starts = new Uint8Array(1 << 20);
  private readonly words = new Map<number, string[]>();

  constructor(words: Iterable<string> = []) {
    for (const word of words) this.add(word);
  }

  add(word: string): void {
    if (word.length < shortestWord) return;
    const start = startOf(word, 0);
    this.starts[hash(start)] = 1;
    const others = this.words.get(start);
    if (!others) this.words.set(start, [word]);
    else if (!others.includes(word)) {
      // the longest first
      const at = others.findIndex(({ length }) => length < word.length);
      others.splice(at < 0 ? others.length : at, 0, word);
    }
  }

  /** The first place from `from` on; where several words start there, the longest. */
  next(text: string, from = 0): Hit | undefined {
    if (this.words.size === 0 || text.length - from < shortestWord) return undefined;
    const { starts } = this;
    const last = text.length - shortestWord;
    let start = startOf(text, from);
    for (let index = from; index <= last; index++) {
      if (starts[hash(start)] === 1) {
        const word = this.words.get(start)?.find((candidate) => text.startsWith(candidate, index));
        if (word !== undefined) return { word, index };
      }
      start = (start << 8) | (text.charCodeAt(index + 4) & 0xff);
    }
    return undefined;
  }
}

function startOf(text: string, at: number): number {
  let start = 0;
  for (let i = at; i < at + 4; i++) start = (start << 8) | (text.charCodeAt(i) & 0xff);
  return start;
}

function hash(start: number): number {
  return Math.imul(start, 0x9e3779b1) >>> 12;
}

/**
 * A word as other encodings write it: base64 and base64url at each of the three offsets, hex, percent, JSON. They are found
 * without decoding, and so also within a longer text that was encoded as a whole.
 */
export function formsOf(word: string): string[] {
  const bytes = Buffer.from(word, 'utf8');
  const forms = new Set([word, bytes.toString('latin1')]);
  for (const offset of [0, 1, 2]) {
    const base64 = base64Core(bytes, offset);
    forms.add(base64).add(base64.replaceAll('+', '-').replaceAll('/', '_'));
  }
  const hex = bytes.toString('hex');
  const percent = encodeURIComponent(word);
  forms.add(hex).add(hex.toUpperCase()).add(percent).add(JSON.stringify(word).slice(1, -1));
  forms.add(percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()));
  return [...forms];
}

/** The characters of base64 that do not depend on what stands around the bytes; `offset` bytes stand before them. */
function base64Core(bytes: Buffer, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  return encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}
