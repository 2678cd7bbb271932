/** A place at which one of the words stands. */
export interface Hit {
  /** What stands there: the word, or a form of it. */
  found: string;
  index: number;
  /** The word itself. */
  word: string;
}

/** At least this many characters: shorter words occur by chance. */
export const shortestWord = 8;

/**
 * Finds any of many words in long texts, in any of their encodings. The forms of a word are not kept: each costs twelve bytes, by
 * which it is made again where a text begins like it. So ten thousand keys, with four million forms, fit into a small heap.
 * The time does not depend on the number of words. Forms under `shortestWord` characters are ignored.
 */
export class WordSearch {
  private readonly words: string[] = [];
  /** Whether some form has a hash with these last bits. */
  private readonly begins = new Uint8Array(1 << 20);
  /** By the last bits of their hash, the first form of a chain; counted from 1. */
  private heads = new Uint32Array(1 << 10);
  /** Of each form its hash, the next of its chain, and the place of its word and of the form among those of the word. */
  private hashes = new Uint32Array(1 << 10);
  private followers = new Uint32Array(1 << 10);
  private origins = new Uint32Array(1 << 10);
  private size = 0;

  constructor(words: Iterable<string> = []) {
    for (const word of words) this.add(word);
  }

  /** Adds a word; the same one may be added once. */
  add(word: string): void {
    const place = this.words.push(word) - 1;
    for (const [i, form] of formsOf(word).entries()) {
      if (form.length < shortestWord) continue;
      if (this.size === this.hashes.length) this.grow();
      const hash = hashOf(quarter(form, 0), quarter(form, 4));
      this.hashes[this.size] = hash;
      this.origins[this.size] = place * mostForms + i;
      this.begins[hash & (this.begins.length - 1)] = 1;
      this.chain(this.size++);
    }
  }

  /** The first place from `from` on; where several words start there, the longest. */
  next(text: string, from = 0): Hit | undefined {
    if (this.size === 0 || text.length - from < shortestWord) return undefined;
    const { begins } = this;
    const mask = begins.length - 1;
    const last = text.length - shortestWord;
    let first = quarter(text, from);
    let second = quarter(text, from + 4);
    for (let index = from; index <= last; index++) {
      const hash = hashOf(first, second);
      if (begins[hash & mask] === 1) {
        const hit = this.at(text, index, hash);
        if (hit) return hit;
      }
      first = (first << 8) | (text.charCodeAt(index + 4) & 0xff);
      second = (second << 8) | (text.charCodeAt(index + 8) & 0xff);
    }
    return undefined;
  }

  private at(text: string, index: number, hash: number): Hit | undefined {
    let best: Hit | undefined;
    for (let one = this.heads[hash & (this.heads.length - 1)]!; one > 0; one = this.followers[one - 1]!) {
      if (this.hashes[one - 1] !== hash) continue;
      const origin = this.origins[one - 1]!;
      const word = this.words[Math.floor(origin / mostForms)]!;
      const found = formsOf(word)[origin % mostForms]!;
      if (found.length > (best?.found.length ?? 0) && text.startsWith(found, index)) best = { found, index, word };
    }
    return best;
  }

  private chain(form: number): void {
    const bucket = this.hashes[form]! & (this.heads.length - 1);
    this.followers[form] = this.heads[bucket]!;
    this.heads[bucket] = form + 1;
  }

  private grow(): void {
    const length = this.hashes.length * 2;
    const longer = (array: Uint32Array): Uint32Array<ArrayBuffer> => {
      const copy = new Uint32Array(length);
      copy.set(array);
      return copy;
    };
    this.hashes = longer(this.hashes);
    this.origins = longer(this.origins);
    this.followers = new Uint32Array(length);
    this.heads = new Uint32Array(length);
    for (let form = 0; form < this.size; form++) this.chain(form);
  }
}

/** Four characters as one number. */
function quarter(text: string, at: number): number {
  let quarter = 0;
  for (let i = at; i < at + 4; i++) quarter = (quarter << 8) | (text.charCodeAt(i) & 0xff);
  return quarter;
}

/** Of the first eight characters of a form. */
function hashOf(first: number, second: number): number {
  const mixed = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/** A word has fewer forms. */
const mostForms = 16;

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
