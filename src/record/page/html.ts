import { escapeMarkup } from '../../kernel/text.js';

/** Text that is markup already: what `html` made. Everything else is escaped. */
export class Markup {
  constructor(private readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

/** A value in a template; `false` and undefined are nothing, a list is joined. */
export type Part = Markup | string | number | false | undefined | readonly Part[];

/** Markup of HTML or SVG: every value is escaped, in text and in quoted attributes, unless it is markup itself. */
export function html(strings: TemplateStringsArray, ...values: Part[]): Markup {
  return new Markup(strings.map((text, i) => text + written(values[i])).join(''));
}

/** Text that comes from this program, such as a style. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/** The path of a file of the report, relative to it, as a link has it. */
export function href(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** A text as the id of an element, and as a link to it. */
export function anchor(...words: string[]): string {
  return words.join('-').replace(/[^\w.-]+/g, '-');
}

function written(value: Part): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Markup) return value.toString();
  if (Array.isArray(value)) return value.map(written).join('');
  return escapeMarkup(String(value));
}
