import { z } from 'zod';
import { formatDuration } from '../../../kernel/text.js';
import type { Behaviour } from '../../result.js';
import { html, type Markup } from '../html.js';
import { changeoverPicture } from './changeover-picture.js';
import { histogramPicture } from './histogram-picture.js';
import { loadPicture } from './load-picture.js';
import type { Picture } from './picture.js';
import { sharesPicture } from './shares-picture.js';

/** The first that can draw a value does. */
const pictures: readonly Picture[] = [changeoverPicture, sharesPicture, loadPicture, histogramPicture];

/** What a behaviour has measured: as pictures, and what no picture fits as text. */
export function measurements({ measurements, id }: Pick<Behaviour, 'measurements' | 'id'>): Markup | undefined {
  const all = Object.entries(measurements).map(([name, value]) => ({ name, value, picture: drawn(name, value) }));
  if (all.length === 0) return undefined;
  const rows = all
    .filter(({ picture }) => !picture)
    .map(
      ({ name, value }) =>
        html`<tr>
          <th scope="row">${name}</th>
          <td>${told(value)}</td>
        </tr>`,
    );
  const table = html`<table>
    <caption>
      Measured by ${id}
    </caption>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
  return html`${all.map(({ picture }) => picture)}${rows.length > 0 && table}`;
}

function drawn(name: string, value: Behaviour['measurements'][string]): Markup | undefined {
  for (const picture of pictures) {
    const markup = picture.draw(name, value);
    if (markup) return markup;
  }
  return undefined;
}

const poll = z.object({
  expectation: z.string(),
  attempts: z.number(),
  timeToFirstMs: z.number().optional(),
  durationMs: z.number(),
});

function told(value: Behaviour['measurements'][string]): Markup {
  const { data } = poll.safeParse(value);
  if (!data) return html`<code>${JSON.stringify(value)}</code>`;
  const { expectation, attempts, durationMs } = data;
  return html`${expectation} met after ${formatDuration(durationMs)}, ${attempts}
  ${attempts === 1 ? 'attempt' : 'attempts'}`;
}
