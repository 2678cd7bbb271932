import { formatDuration } from '../../../kernel/text.js';
import { shownVerdict, type Behaviour, type RunRecord, type TopologyRecord } from '../../result.js';
import { behaviourLink } from '../behaviour-details.js';
import { html, type Markup } from '../html.js';
import type { Section } from '../section.js';
import { signs } from '../verdict-badge.js';

/** Every behaviour on every topology; of one that failed, in which clusters. */
export const matrixSection: Section<RunRecord> = {
  title: 'All behaviours',
  show({ topologies }) {
    const ids = [...new Map(topologies.flatMap(({ behaviours }) => behaviours.map((one) => [one.id, one.title])))];
    if (ids.length === 0) return undefined;
    const heads = topologies.map(({ name, ...topology }) => {
      const clusters = clustersOf(topology);
      return html`<th scope="colgroup" class="cell" colspan="${1 + clusters.length}">${name}</th>`;
    });
    const under = topologies.map(
      (topology) =>
        html`<th scope="col" class="cell">verdict</th>
          ${clustersOf(topology).map((cluster) => html`<th scope="col" class="cell soft">${cluster}</th>`)}`,
    );
    const rows = ids.map(([id, title]) => {
      const cells = topologies.map((topology) => cellsOf(topology, id));
      const first = topologies.flatMap(({ behaviours }) => behaviours).find((one) => one.id === id)!;
      return html`<tr>
        <th scope="row">${topologies.length === 1 ? behaviourLink(first) : id}</th>
        <td>${title}</td>
        ${cells}
      </tr>`;
    });
    return html`<div class="wide" tabindex="0" role="region" aria-label="Behaviours by topology and cluster">
      <table class="matrix">
        <caption>
          A mark under a cluster says that a failure names it; a dot says nothing of it.
        </caption>
        <thead>
          <tr>
            <th scope="col" rowspan="2">Id</th>
            <th scope="col" rowspan="2">Behaviour</th>
            ${heads}
          </tr>
          <tr>
            ${under}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>`;
  },
};

type Clusters = Pick<TopologyRecord, 'clusters' | 'behaviours'>;

/** Those of the topology, else those that failures name. */
function clustersOf({ clusters, behaviours }: Clusters): string[] {
  if (clusters) return clusters.map(({ name }) => name);
  return [...new Set(behaviours.flatMap(({ failures }) => failures.flatMap(({ cluster = [] }) => cluster)))].sort();
}

function cellsOf(topology: TopologyRecord, id: string): Markup {
  const clusters = clustersOf(topology);
  const behaviour = topology.behaviours.find((one) => one.id === id);
  if (!behaviour)
    return html`<td class="cell"></td>
      ${clusters.map(() => html`<td class="cell"></td>`)}`;
  const shown = shownVerdict(behaviour);
  const each = clusters.map((cluster) => {
    const failed = behaviour.failures.some((failure) => failure.cluster === cluster);
    return html`<td class="cell ${failed && shown}">
      ${failed ? sign(signs[shown], `${shown} in ${cluster}`) : sign('·', 'nothing said')}
    </td>`;
  });
  return html`<td class="cell ${shown}">${sign(signs[shown], shown)}${link(behaviour)}</td>
    ${each}`;
}

function link({ verdict, durationMs }: Behaviour): Markup | undefined {
  if (verdict === 'not-applicable' || verdict === 'skipped') return undefined;
  return html` <span class="soft">${formatDuration(durationMs)}</span>`;
}

function sign(text: string, word: string): Markup {
  return html`<span aria-hidden="true" title="${word}">${text}</span><span class="hidden">${word}</span>`;
}
