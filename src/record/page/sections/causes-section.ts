import { findingLine } from '../../finding.js';
import type { TopologyRecord } from '../../result.js';
import { behaviourLink } from '../behaviour-details.js';
import { html } from '../html.js';
import type { Section } from '../section.js';

/** One cause, however many behaviours it explains. */
export const causesSection: Section<TopologyRecord> = {
  title: 'Causes',
  show({ findings = [], behaviours }) {
    if (findings.length === 0) return undefined;
    const items = findings.map(({ behaviours: ids, remedy, facts, object, hop, ...finding }) => {
      const links = ids.map((id, i) => {
        const behaviour = behaviours.find((one) => one.id === id);
        return html`${i > 0 && ', '}${behaviour ? behaviourLink(behaviour) : id}`;
      });
      const count = ids.length === 1 ? 'one behaviour' : `${ids.length} behaviours`;
      const where = [object, hop && `hop: ${hop}`].filter(Boolean).join(' · ');
      return html`<li>
        <b>${findingLine(finding)}</b>${where && html`<br /><span class="reason">${where}</span>`}<br />One cause,
        ${count}: ${links}
        <p class="label">To do</p>
        <pre>${remedy}</pre>
        <details>
          <summary>Facts</summary>
          <pre>${JSON.stringify(facts, null, 2)}</pre>
        </details>
      </li>`;
    });
    return html`<ul class="causes">
      ${items}
    </ul>`;
  },
};
