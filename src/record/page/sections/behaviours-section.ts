import type { Behaviour, TopologyRecord } from '../../result.js';
import { behaviourDetails, hasDetails } from '../behaviour-details.js';
import { html, type Markup } from '../html.js';
import type { Section } from '../section.js';
import { isRed } from '../verdict-badge.js';

/** What each behaviour has told; those that one cause explains stand together, and red ones come first. */
export const behavioursSection: Section<TopologyRecord> = {
  title: 'Behaviours',
  show({ behaviours, findings = [] }) {
    if (behaviours.length === 0) return undefined;
    const told = new Set<Behaviour>();
    const take = (which: (behaviour: Behaviour) => boolean): Behaviour[] => {
      const taken = behaviours.filter((one) => !told.has(one) && which(one));
      taken.forEach((one) => told.add(one));
      return taken;
    };
    const groups = [
      ...findings.map(({ check, cluster, behaviours: ids }) => ({
        title: `Failed by ${check}${cluster ? ` in ${cluster}` : ''}`,
        all: take((one) => isRed(one) && ids.includes(one.id)),
      })),
      { title: findings.length > 0 ? 'Not explained by these causes' : 'Failed or undetermined', all: take(isRed) },
      { title: 'Passed', all: take(({ verdict }) => verdict === 'passed') },
    ];
    return html`${groups.map(({ title, all }) => group(title, all.filter(hasDetails)))}${left(take(() => true))}`;
  },
};

function group(title: string, behaviours: readonly Behaviour[]): Markup | undefined {
  if (behaviours.length === 0) return undefined;
  return html`<h4>${title}</h4>
    ${behaviours.map(behaviourDetails)}`;
}

/** Those that were not tried, with the reasons. */
function left(behaviours: readonly Behaviour[]): Markup | undefined {
  if (behaviours.length === 0) return undefined;
  const rows = behaviours.map(
    ({ id, title, verdict, reason = '' }) =>
      html`<tr>
        <th scope="row">${id}</th>
        <td>${title}</td>
        <td>${verdict}</td>
        <td>${reason}</td>
      </tr>`,
  );
  return html`<details>
    <summary>Not applicable or skipped: ${behaviours.length}</summary>
    <table>
      <thead>
        <tr>
          <th scope="col">Id</th>
          <th scope="col">Behaviour</th>
          <th scope="col">Verdict</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </details>`;
}
