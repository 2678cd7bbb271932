import { isMap, parseDocument, stringify } from 'yaml';

/** YAML as Go programs read it: in YAML 1.1 a bare `n`, `on` or `1_000` is not a string. */
export function yamlText(value: object): string {
  return stringify(value, { version: '1.1' });
}

/** YAML of several objects, in order. */
export function documents(objects: readonly object[]): string {
  return objects.map((object) => yamlText(object)).join('---\n');
}

/**
 * The same text with more labels on every object. Istio's types are a megabyte, which the parser takes seconds for: labels are
 * put into the text, and only what is written in another way than charts write it is parsed.
 */
export function withLabels(yaml: string, labels: Record<string, string>): string {
  return yaml
    .split(/^---.*$/m)
    .filter((text) => /^[^#\s]/m.test(text))
    .map((text) => labelledText(text, labels))
    .join('---\n');
}

function labelledText(text: string, labels: Record<string, string>): string {
  const lines = text.replace(/\s*$/, '\n').split('\n');
  const at = lines.findIndex((line) => /^metadata:\s*$/.test(line));
  const indent = /^( +)\S/.exec(lines[at + 1] ?? '')?.[1];
  const end = lines.findIndex((line, i) => i > at && /^\S/.test(line) && !line.startsWith('#'));
  const within = (i: number): boolean => i > at && (end < 0 || i < end);
  const own = lines.findIndex((line, i) => within(i) && line.startsWith(`${indent}labels:`));
  const deeper = /^( +)/.exec(lines[own + 1] ?? '')?.[1] ?? '';
  const plain = own < 0 || (/labels:\s*$/.test(lines[own]!) && deeper.length > (indent?.length ?? 0));
  if (at < 0 || indent === undefined || !plain) return labelledObject(text, labels);
  const room = own < 0 ? `${indent}  ` : deeper;
  const added = Object.entries(labels).map(([key, value]) => `${room}${key}: ${JSON.stringify(value)}`);
  lines.splice(own < 0 ? at + 1 : own + 1, 0, ...(own < 0 ? [`${indent}labels:`] : []), ...added);
  return `\n${lines.join('\n').trim()}\n`;
}

function labelledObject(text: string, labels: Record<string, string>): string {
  const document = parseDocument(text);
  if (!isMap(document.getIn(['metadata', 'labels'])))
    document.setIn(['metadata', 'labels'], document.createNode(labels));
  else for (const [key, value] of Object.entries(labels)) document.setIn(['metadata', 'labels', key], value);
  return `\n${String(document).trim()}\n`;
}
