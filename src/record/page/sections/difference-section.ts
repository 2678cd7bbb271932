import type { TopologyRecord } from '../../result.js';
import { html, type Markup } from '../html.js';
import type { Section } from '../section.js';
import { badge } from '../verdict-badge.js';

/** What has changed since the last run of the same topology in the same environment. */
export const differenceSection: Section<TopologyRecord> = {
  title: 'Since the last run',
  show({ difference }) {
    if (!difference) return undefined;
    const { run, startedAt, compared, changes, newCauses, goneCauses, versions } = difference;
    const when = startedAt.replace('T', ' ').replace(/:\d\d(\.\d+)?Z$/, ' UTC');
    const same = compared - changes.length;
    const rows = changes.map(
      ({ behaviour, before, now }) =>
        html`<tr>
          <th scope="row">${behaviour}</th>
          <td>${badge(before)}</td>
          <td>${badge(now)}</td>
        </tr>`,
    );
    const other = [
      ...versions.map(({ of, before, now }) => `${of}: ${before} before, ${now} now`),
      ...newCauses.map((cause) => `new cause: ${cause}`),
      ...goneCauses.map((cause) => `gone: ${cause}`),
    ];
    return html`<p>
        Compared with run ${run} of ${when}: ${same} of ${compared} behaviours that both have decided are as they were.
      </p>
      ${rows.length > 0 && table(rows)}
      ${
        other.length > 0 &&
        html`<ul>
          ${other.map((line) => html`<li>${line}</li>`)}
        </ul>`
      }`;
  },
};

function table(rows: readonly Markup[]): Markup {
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Behaviour</th>
        <th scope="col">Before</th>
        <th scope="col">Now</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}
