import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '..');
const mostWords = 25;
const leastWords = 4;

// each has a plain English word that says the same
const odd = [
  /there (is|are) no such\b/,
  /\b(whoever|wherein|whereby|thereof|therein|hence|anew)\b/,
  /(?<!\b[tT]here )\bis no (?!longer|more\b|better)[\w-]+/,
  /\bhas not (got|the)\b/,
  /\b(is|are) to be\b/,
  /\b(that is what it is|what is wanted|if this is wanted|by hand of|without a word)\b/,
  /\b(is none of|such an?|but for)\b(?! (?:an? )?(?:while|moment))/,
  /\ball but (these|those|this)\b/,
  /\b(cannot|can not) be (told|had)\b/,
  /\bnobody can be\b/,
  /\b(is|are) there (twice|already|no more)\b/,
  /\bthat there (is|are)\b/,
  /\b(somebody|someone) else's\b/,
  /\bstands? here\b/,
  /\bout of (its|the) hands of\b|\bhands on which\b/,
  /\blets? out\b/,
  /\btakes? (no|mutual)\b/,
  /\btakes? the call up\b/,
  /\b(was|were|is|are) told (another|to end)\b/,
  /\bwhat (becomes|came) of\b/,
  /\b(not|any|there) (\w+ )?any more\b/,
  /\b(laid over|nobody (knows|who|asked)|as (it|they) must be|goes? past|of which nothing)\b/,
  /\b(in the place of|as long as it is there|what (is|was) there|by then is)\b/,
];

const words = (text: string): number => text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

// a semicolon or a colon ends a sentence as well: what follows can be read without what stands before
const sentences = (text: string): string[] => text.split(/(?:[.!?;:]["')]?\s+)|\n+/);

/** Complaints about a text, each with the words that it is about. */
function complaints(text: string, place: string): string[] {
  const plain = text.replaceAll(/`[^`]*`/g, 'CODE');
  const found = odd.flatMap((phrase) => phrase.exec(plain)?.[0] ?? []);
  const long = sentences(plain).filter((one) => words(one) > mostWords);
  return [
    ...found.map((phrase) => `${place}: "${phrase}" in: ${plain.slice(0, 200)}`),
    ...long.map((one) => `${place}: ${words(one)} words: ${one.trim()}`),
  ];
}

const isCode = (text: string): boolean =>
  words(text) < leastWords ||
  /[${}]\{|\{\{|\$\(|<\/?[a-z]+|<<'|[;{]\s*$|\bkubectl |\bcurl |\b(docker|ctr|xz|sudo|ip) -?[a-z]+ |%\{|#[0-9a-f]{6}|=\$|\|\||&& /m.test(
    text,
  );

function literals(file: string): [string, string][] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: [string, string][] = [];
  const visit = (node: ts.Node): void => {
    const said = ts.isStringLiteralLike(node)
      ? node.text
      : ts.isTemplateExpression(node)
        ? node.head.text + node.templateSpans.map(({ literal }) => `X${literal.text}`).join('')
        : undefined;
    if (said !== undefined && !isCode(said))
      found.push([`${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`, said]);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The prose of a document, a paragraph, an entry of a list or a cell of a table at a time. */
function prose(file: string): [string, string][] {
  const text = readFileSync(path.join(root, file), 'utf8')
    .replaceAll(/^( *)```[^]*?^\1```/gm, (code) => code.replaceAll(/[^\n]/g, ''))
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
  const found: [string, string][] = [];
  let begun: [number, string] | undefined;
  const end = (): void => {
    if (begun) found.push([`${file}:${begun[0]}`, begun[1]]);
    begun = undefined;
  };
  for (const [i, line] of text.split('\n').entries()) {
    const begins = /^\s*(?:[-*#>]|\d+\.) /.test(line);
    if (begins || line.trim() === '' || line.startsWith('|')) end();
    if (line.startsWith('|')) for (const cell of line.split(/(?<!\\)\|/)) found.push([`${file}:${i + 1}`, cell]);
    else if (line.trim() !== '') begun = begun ? [begun[0], `${begun[1]} ${line.trim()}`] : [i + 1, line.trim()];
  }
  end();
  return found;
}

test('the messages of the program are plain English', () => {
  // the titles of suites/ are ids in archives, and stay
  const files = globSync(['src/**/*.ts', 'fixtures/*.ts', 'scripts/**/*.mjs'], { cwd: root });
  const said = files.sort().flatMap(literals);
  expect(said.length).toBeGreaterThan(1500);
  expect(said.flatMap(([place, text]) => complaints(text, place))).toEqual([]);
});

test('the sentences of the documents are plain English', () => {
  const files = globSync(['README.md', 'CONTRIBUTING.md', 'docs/*.md'], { cwd: root });
  const said = files.sort().flatMap(prose);
  expect(said.length).toBeGreaterThan(1000);
  expect(said.flatMap(([place, text]) => complaints(text, place))).toEqual([]);
});
