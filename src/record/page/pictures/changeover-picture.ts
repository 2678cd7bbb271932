import { z } from 'zod';
import { formatDuration } from '../../../kernel/text.js';
import { html, type Markup } from '../html.js';
import type { Picture } from './picture.js';

const changeover = z.object({
  toFirstMs: z.number().optional(),
  toStableMs: z.number().optional(),
  calls: z.number(),
  lost: z.number(),
  all: z.array(z.tuple([z.number(), z.string(), z.number()])),
});

const left = 120;
const chart = 560;
const row = 22;
const mostRows = 8;

/** A failover call by call: a row for each answer, a stroke for each call from its start to its end, and when it had settled. */
export const changeoverPicture: Picture = {
  draw(name, value) {
    const { data } = changeover.safeParse(value);
    if (!data || data.all.length === 0) return undefined;
    const { calls, lost, toFirstMs, toStableMs, all } = data;
    const answers = [...new Set(all.map(([, answer]) => answer))];
    const rows = answers.length > mostRows ? [...answers.slice(0, mostRows - 1), 'others'] : answers;
    const end = Math.max(1000, ...all.map(([at, , ms]) => at + ms));
    const x = (time: number): string => (left + (Math.max(0, time) / end) * chart).toFixed(1);
    const bottom = 24 + rows.length * row;
    const settled =
      toStableMs === undefined
        ? 'it did not settle'
        : `first right answer after ${formatDuration(toFirstMs ?? 0)}, settled after ${formatDuration(toStableMs)}`;
    const title = `${name}: ${settled}; ${calls} calls, ${lost} lost`;
    const strokes = rows.map((answer, i): Markup => {
      const own = all.filter(
        ([, said]) => said === answer || (answer === 'others' && answers.indexOf(said) >= mostRows - 1),
      );
      const y = 24 + i * row + 11;
      const path = own.map(([at, , ms]) => `M${x(at)} ${y}H${x(at + Math.max(ms, end / 280))}`).join('');
      // an answer of curl or HTTP is no version
      const look = /^(?:curl|HTTP|no result|others)/.test(answer) ? 't-bad' : 't-good';
      return html`<text class="p-text" x="${left - 8}" y="${y + 5}" text-anchor="end">${answer}</text
        ><path class="${look}" d="${path}" />`;
    });
    return html`<figure>
      <figcaption>${title}</figcaption>
      <div class="wide" tabindex="0" role="region" aria-label="${name}">
        <svg
          class="timeline"
          viewBox="0 0 720 ${bottom + 22}"
          width="720"
          height="${bottom + 22}"
          role="img"
          aria-label="${title}"
        >
          <path class="t-axis" d="M${left} ${bottom}h${chart}M${left} 20V${bottom}" />
          ${strokes}${moment(toFirstMs, 'first', x, bottom)}${moment(toStableMs, 'settled', x, bottom)}
          <text class="p-soft" x="${left}" y="${bottom + 16}">0 s</text>
          <text class="p-soft" x="${left + chart}" y="${bottom + 16}" text-anchor="end">${formatDuration(end)}</text>
        </svg>
      </div>
    </figure>`;
  },
};

function moment(at: number | undefined, word: string, x: (time: number) => string, bottom: number): Markup | undefined {
  if (at === undefined) return undefined;
  const side = word === 'first' ? 'end' : 'start';
  return html`<path class="t-moment" d="M${x(at)} 18V${bottom}" /><text
      class="p-soft"
      x="${x(at)}"
      y="13"
      text-anchor="${side}"
      >${word} ${formatDuration(at)}</text
    >`;
}
