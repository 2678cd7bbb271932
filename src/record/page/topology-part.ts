import { formatDuration } from '../../kernel/text.js';
import type { TopologyRecord } from '../result.js';
import { anchor, html, type Markup } from './html.js';
import type { Page } from './section.js';
import { topologySections } from './sections.js';
import { topologyPicture } from './topology-picture.js';
import { badge } from './verdict-badge.js';

export function topologyAnchor(name: string): string {
  return anchor('topology', name);
}

/** Everything about one topology. */
export function topologyPart(topology: TopologyRecord, page: Page): Markup {
  const { name, features, provisioningMs, provenMs, verdict, file } = topology;
  const id = topologyAnchor(name);
  const has = Object.entries(features).map(([feature, value]) =>
    typeof value === 'number' ? `${value} ${value === 1 ? singular(feature) : feature}` : value && feature,
  );
  const times = [
    provisioningMs !== undefined && `up after ${formatDuration(provisioningMs)}`,
    provenMs !== undefined && `${verdict === 'passed' ? 'tested' : 'decided'} after ${formatDuration(provenMs)}`,
  ];
  const about = [has.filter(Boolean).join(', '), ...times, file].filter(Boolean).join(' · ');
  // of the only topology it is on the first screen
  const picture = page.record.topologies.length > 1 && topologyPicture(topology);
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${name} ${badge(verdict)}</h2>
    <p class="about">${about}</p>
    ${picture && html`<div class="wide" tabindex="0" role="region" aria-label="Picture of ${name}">${picture}</div>`}
    ${topologySections.map((section) => {
      const content = section.show(topology, page);
      return (
        content &&
        html`<h3>${section.title}</h3>
          ${content}`
      );
    })}
  </section>`;
}

/** `networks`, `primaries`: the counts among the features. */
function singular(count: string): string {
  return count.replace(/ies$/, 'y').replace(/s$/, '');
}
