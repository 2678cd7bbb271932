/**
 * Kubernetes Secrets written out as YAML or JSON: the keys stay, since a missing key is a finding, and the values go.
 * Nothing here parses: text from logs is rarely a whole document.
 */
export function redactSecretObjects(text: string, replacement: string): string {
  if (!/kind[\\"']*\s*:\s*[\\"']*Secret/.test(text)) return text;
  return redactYaml(redactJson(text, replacement), replacement);
}

interface Mapping {
  column: number;
  isSecret: boolean;
  /** First and last line of what stands under `data` and `stringData`. */
  blocks: { first: number; last: number }[];
}

/**
 * One pass with a stack of open mappings: `kind` may come after `data` (kubectl sorts keys), and Secrets may be items
 * of a list. A mapping is known by the column of its keys.
 */
function redactYaml(text: string, replacement: string): string {
  const lines: (string | undefined)[] = text.split('\n');
  const open: Mapping[] = [];
  const close = (column: number, line: number) => {
    while (open.length > 0 && open.at(-1)!.column > column) {
      const mapping = open.pop()!;
      if (mapping.isSecret)
        for (const block of mapping.blocks)
          redactBlock(lines, block.first, Math.min(block.last, line - 1), replacement);
    }
  };
  const count = lines.length;
  for (let i = 0; i < count; i++) {
    const line = lines[i]!;
    if (/^---/.test(line)) close(-1, i);
    const match = /^( *(?:- +)*)([A-Za-z]+):(?:\s|$)/.exec(line);
    const column = match ? match[1]!.length : line.search(/\S/);
    const inBlock = open.at(-1)?.blocks.at(-1);
    if (column < 0) {
      if (inBlock?.last === i - 1) inBlock.last = i;
      continue;
    }
    const dash = line.indexOf('- ');
    close(match && dash >= 0 && dash < column ? dash : column, i);
    const parent = open.at(-1);
    const block = parent && parent.column < column ? parent.blocks.at(-1) : undefined;
    if (block && block.last === i - 1) {
      block.last = i;
      continue;
    }
    if (!match) continue;
    let mapping = parent;
    if (!mapping || mapping.column < column) open.push((mapping = { column, isSecret: false, blocks: [] }));
    if (match[2] === 'kind') mapping.isSecret ||= /:\s*["']?Secret["']?\s*(?:#.*)?$/.test(line);
    if (match[2] !== 'data' && match[2] !== 'stringData') continue;
    mapping.blocks.push({ first: i, last: i });
  }
  close(-1, count);
  return lines.filter((line) => line !== undefined).join('\n');
}

function redactBlock(lines: (string | undefined)[], first: number, last: number, replacement: string): void {
  const head = lines[first]!;
  if (/:\s*\{.*\S/.test(head)) lines[first] = `${head.slice(0, head.indexOf(':'))}: ${replacement}`;
  let column = -1;
  for (let i = first + 1; i <= last; i++) {
    const line = lines[i]!;
    const at = line.search(/\S/);
    if (column < 0) column = at;
    const colon = line.indexOf(':');
    // whatever is deeper than the keys, or has none, belongs to a value of several lines
    lines[i] = at === column && colon > 0 ? `${line.slice(0, colon)}: ${replacement}` : undefined;
  }
}

/**
 * Every flat `data` and `stringData` object of a text that contains a Secret. Finding the owner of a brace in a log
 * line is not worth the effort, so a ConfigMap beside a Secret loses its values too.
 */
function redactJson(text: string, replacement: string): string {
  const opener = /(\\*)"(?:data|stringData)\1"\s*:\s*\{\s*/g;
  let out = '';
  let done = 0;
  for (let match = opener.exec(text); match; match = opener.exec(text)) {
    const level = match[1]!.length;
    let at = opener.lastIndex;
    for (;;) {
      const key = stringEnd(text, at, level);
      if (key < 0) break;
      const colon = /\s*:\s*/y;
      colon.lastIndex = key;
      if (!colon.test(text)) break;
      const value = colon.lastIndex;
      const end = stringEnd(text, value, level);
      if (end < 0) break;
      const mark = '\\'.repeat(level) + '"';
      out += text.slice(done, value) + mark + replacement + mark;
      done = end;
      const comma = /\s*,\s*/y;
      comma.lastIndex = end;
      if (!comma.test(text)) break;
      at = comma.lastIndex;
    }
    opener.lastIndex = Math.max(opener.lastIndex, done);
  }
  return out + text.slice(done);
}

/** Index after the string that starts at `at`, whose quotes are escaped by `level` backslashes; -1 when there is none. */
function stringEnd(text: string, at: number, level: number): number {
  if (!text.startsWith('\\'.repeat(level) + '"', at)) return -1;
  let backslashes = 0;
  for (let i = at + level + 1; i < text.length; i++) {
    if (text[i] === '\\') backslashes++;
    // a quote within the string carries twice as many and one; an escaped backslash before the end doubles too
    else if (text[i] === '"' && backslashes % (2 * (level + 1)) === level) return i + 1;
    else backslashes = 0;
  }
  return text.length;
}
