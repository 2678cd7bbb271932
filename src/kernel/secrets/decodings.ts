/** Bytes that a text holds in base64 or hex. */
export interface Encoded {
  how: 'base64' | 'hex';
  bytes: Buffer;
  /** The media type of a data URI, where it is one. */
  type?: string;
}

const base64 = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{40,}(?:(?:\\n|\s)+[A-Za-z0-9+/_-]{16,})*={0,2}/g;
/** Base64 of `-----BEGIN `; a word may have run into it. */
const begin = 'LS0tLS1CRUdJTi';
const hex = /(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}[: ]?){24,}/g;

/** What stands in a text in base64, on one line or several, or in hex. */
export function* encodedIn(text: string): Generator<Encoded> {
  for (const { 0: chunk, index } of text.matchAll(base64)) {
    const [, type] = /data:([a-z]+\/[\w.+-]+)[^,"'\s]*,$/.exec(text.slice(Math.max(0, index - 60), index)) ?? [];
    const lines = chunk.split(/\\n|\s+/);
    const runs = lines.length > 1 ? [lines.join(''), ...lines.filter((line) => line.length >= 40)] : lines;
    for (const run of runs) {
      yield { how: 'base64', bytes: Buffer.from(run.slice(Math.max(run.indexOf(begin), 0)), 'base64'), type };
    }
  }
  for (const [chunk] of text.matchAll(hex)) {
    const digits = chunk.replace(/[: ]/g, '');
    if (/[a-f]/i.test(digits)) yield { how: 'hex', bytes: Buffer.from(digits, 'hex') };
  }
}

const entities: Record<string, string> = {
  quot: '"',
  apos: "'",
  amp: '&',
  lt: '<',
  gt: '>',
  nbsp: ' ',
  Tab: '\t',
  NewLine: '\n',
};
const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t' };

const escaped = /%[0-9A-Fa-f]{2}|&(?:#\d|#[xX]|[A-Za-z]{2,7};)|\\[uxnrt"'/\\]/;

/**
 * The lines of a text that hold percent encoding, character references or escapes of JSON, with these undone; empty where there
 * are none.
 */
export function unescaped(text: string): string {
  if (!escaped.test(text)) return '';
  return text
    .split('\n')
    .filter((line) => escaped.test(line))
    .map(unescapedLine)
    .join('\n');
}

function unescapedLine(text: string): string {
  return text
    .replace(/%([0-9A-Fa-f]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    .replace(
      /&(?:#(\d{1,6})|#[xX]([0-9A-Fa-f]{1,6})|([A-Za-z]{2,7}));/g,
      (whole, decimal?: string, code?: string, name?: string) => {
        if (name !== undefined) return entities[name] ?? whole;
        return String.fromCharCode(decimal === undefined ? parseInt(code!, 16) : Number(decimal));
      },
    )
    .replace(
      /\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([nrt"'/\\]))/g,
      (_, long?: string, short?: string, one?: string) => {
        if (one !== undefined) return escapes[one] ?? one;
        return String.fromCharCode(parseInt((long ?? short)!, 16));
      },
    );
}

/** The text without white space and line breaks of HTML, and without zeros: what was wrapped, or is in UTF-16, is whole in it. */
export function joined(text: string): string {
  return text.replace(/<br ?\/?>|[\s\0]+/g, '');
}
