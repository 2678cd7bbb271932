import type { Behaviour, Verdict } from '../result.js';
import { html, type Markup } from './html.js';

export type Shown = Verdict | 'flaky' | 'known';

/** A verdict is a word and a sign before it is a colour. */
export const signs: Record<Shown, string> = {
  passed: '✓',
  failed: '✗',
  undetermined: '?',
  'not-applicable': '–',
  skipped: '–',
  flaky: '≈',
  known: '!',
};

export function badge(verdict: Shown): Markup {
  return html`<span class="badge ${verdict}"><span aria-hidden="true">${signs[verdict]}</span> ${verdict}</span>`;
}

/** A behaviour that a reader must look at. */
export function isRed({ verdict }: Behaviour): boolean {
  return verdict === 'failed' || verdict === 'undetermined';
}
