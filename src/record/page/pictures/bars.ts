import { html, type Markup } from '../html.js';

export interface Bar {
  name: string;
  /** From 0 to 1. */
  share: number;
  /** The share that was expected, drawn as a mark. */
  expected?: number;
  text: string;
  bad?: boolean;
}

const left = 150;
const chart = 300;
const row = 26;

/** Bars with a name on the left and a text on the right; `title` says it all to who does not see them. */
export function bars(title: string, all: readonly Bar[]): Markup {
  const height = all.length * row + 4;
  const words = all.map(({ name, text }) => `${name}: ${text}`).join('; ');
  return html`<figure>
    <figcaption>${title}</figcaption>
    <div class="wide" tabindex="0" role="region" aria-label="${title}">
      <svg class="bars" viewBox="0 0 720 ${height}" width="720" height="${height}" role="img" aria-label="${words}">
        ${all.map((bar, i) => drawn(bar, i * row))}
      </svg>
    </div>
  </figure>`;
}

function drawn({ name, share, expected, text, bad }: Bar, y: number): Markup {
  const shown = name.length > 22 ? `${name.slice(0, 21)}…` : name;
  const length = Math.max(share * chart, share > 0 ? 2 : 0).toFixed(1);
  const mark = expected === undefined ? undefined : left + expected * chart;
  return html`<text class="p-text" x="${left - 8}" y="${y + 18}" text-anchor="end">${shown}</text
    ><rect class="b-room" x="${left}" y="${y + 4}" width="${chart}" height="18" rx="3" /><rect
      class="${bad ? 'b-bad' : 'b-bar'}"
      x="${left}"
      y="${y + 4}"
      width="${length}"
      height="18"
      rx="3"
    />${mark !== undefined && html`<path class="b-mark" d="M${mark} ${y + 1}v24" />`}<text
      class="p-text"
      x="${left + chart + 10}"
      y="${y + 18}"
      >${text}</text
    >`;
}
