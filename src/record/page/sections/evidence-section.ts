import type { EvidenceFile, TopologyRecord } from '../../result.js';
import { href, html, type Markup } from '../html.js';
import type { Section } from '../section.js';

/** The questions to each cluster after a failure, and their outcome. */
export const evidenceSection: Section<TopologyRecord> = {
  title: 'Evidence',
  show({ evidence }) {
    if (evidence.length === 0) return undefined;
    const clusters = [...new Set(evidence.map(({ cluster }) => cluster))];
    const missing = evidence.filter(({ state }) => state === 'failed' || state === 'not asked');
    const lists = clusters.map((cluster) => {
      const files = evidence.filter((file) => file.cluster === cluster);
      return html`<h4>${cluster}</h4>
        <ul class="columns">
          ${files.map(item)}
        </ul>`;
    });
    const told = missing.length === 0 ? '' : `, ${missing.length} without an answer`;
    return html`<details>
      <summary>${evidence.length} files${told}</summary>
      ${lists}
    </details>`;
  },
};

function item({ path, bytes, state = 'answered' }: EvidenceFile): Markup {
  const about = [`${(bytes / 1024).toFixed(1)} KiB`, ...(state === 'answered' ? [] : [state])].join(', ');
  return html`<li><a href="${href(path)}">${path.split('/').at(-1)!}</a> <span class="reason">${about}</span></li>`;
}
