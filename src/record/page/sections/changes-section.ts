import { formatDuration } from '../../../kernel/text.js';
import { causeText, lossText, seconds } from '../../change-lines.js';
import { outcomeOf, verdictText, type ChangeRecord, type PathRecord } from '../../change-record.js';
import type { TopologyRecord } from '../../result.js';
import { html, href, trusted, type Markup } from '../html.js';
import { changePicture } from '../pictures/change-picture.js';
import type { Section } from '../section.js';

/** What changes under load did to the calls: a picture, the acts, the paths, and each gap with what could explain it. */
export const changesSection: Section<TopologyRecord> = {
  title: 'Changes under load',
  show: ({ changes = [] }) => (changes.length > 0 ? html`${changes.map(oneChange)}` : undefined),
};

function oneChange(change: ChangeRecord): Markup {
  const { id, title, verdict, reasons, acts, paths, load, samplesFile } = change;
  const about = [
    `${load.perSecond} calls a second of each of ${load.clients.length} clients on each path and lane`,
    `late by more than ${load.lateAfterMs} ms is not measured`,
    `an answer after more than ${load.stalledAfterMs} ms is a stall`,
    load.retriesOff,
    ...load.lanesNotRun.map(({ lane, why }) => `lane ${lane} did not run: ${why}`),
  ];
  return html`<h4>Change ${id}: <span class="badge ${outcomeOf(change)}">${verdictText[verdict]}</span></h4>
    <p>${title}</p>
    ${
      reasons.length > 0 &&
      html`<ul>
        ${reasons.map((reason) => html`<li>${reason}</li>`)}
      </ul>`
    }
    <div class="wide" tabindex="0" role="region" aria-label="Picture of change ${id}">
      ${trusted(changePicture(change))}
    </div>
    <table>
      <caption>
        Acts of ${id}
      </caption>
      <tbody>
        ${acts.map(actRow)}
      </tbody>
    </table>
    <div class="wide" tabindex="0" role="region" aria-label="Paths of ${id}">
      <table>
        <caption>
          Paths of ${id}
        </caption>
        <thead>
          <tr>
            <th scope="col">Path</th>
            <th scope="col">Verdict</th>
            <th scope="col" class="number">Gap</th>
            <th scope="col" class="number">Budget</th>
            <th scope="col" class="number">Calls</th>
            <th scope="col" class="number">Seen from</th>
            <th scope="col" class="number">Not measured</th>
            <th scope="col" class="number">Ends</th>
          </tr>
        </thead>
        <tbody>
          ${paths.map(pathRow)}
        </tbody>
      </table>
    </div>
    ${paths.map(gapDetails)}
    <p class="about">
      ${about.join(' · ')}${samplesFile !== undefined && html` · <a href="${href(samplesFile)}">every call</a>`}
    </p>`;
}

function actRow({ id, title, problem, outcome, start, end }: ChangeRecord['acts'][number], i: number): Markup {
  const time = start === undefined ? '' : formatDuration(end! - start);
  return html`<tr>
    <td class="number">${i + 1}</td>
    <th scope="row">${id}</th>
    <td>${title}${problem && html`<br /><span class="reason">${problem}</span>`}</td>
    <td>${outcome}</td>
    <td class="number">${time}</td>
  </tr>`;
}

function pathRow(path: PathRecord): Markup {
  const { id, verdict, why, samples, notMeasured, expected } = path;
  const colour = { 'within-budget': 'passed', disrupted: 'failed', broken: 'failed', undetermined: 'undetermined' };
  const ends = [
    path.resets,
    path.endedByCallee > 0 && `${path.endedByCallee} by the callee`,
    path.retried > 0 && `${path.retried} sent again`,
  ];
  return html`<tr>
    <th scope="row">${id}</th>
    <td>
      <span class="badge ${colour[verdict]}">${verdictText[verdict]}</span
      >${why && html`<br /><span class="reason">${why}</span>`}
    </td>
    <td class="number">${seconds(path.gapMs)}</td>
    <td class="number" title="${path.budgetReason}">
      ${seconds(path.budgetMs)} (at least ${seconds(path.effectiveBudgetMs)})
    </td>
    <td class="number">${samples}</td>
    <td class="number">${seconds(path.seenFromMs)}, stall ${seconds(path.stallSeenFromMs)}</td>
    <td class="number">${notMeasured} of ${expected}</td>
    <td class="number">${ends.filter((one) => one !== false).join(', ')}</td>
  </tr>`;
}

function gapDetails({ id, gaps }: PathRecord): Markup | undefined {
  if (gaps.length === 0) return undefined;
  return html`<details>
    <summary>Gaps of ${id}: ${gaps.length}</summary>
    <ul class="causes">
      ${gaps.map(gapItem)}
    </ul>
  </details>`;
}

function gapItem(gap: PathRecord['gaps'][number]): Markup {
  const others = gap.causes
    .slice(1)
    .map(({ says, distanceMs, cluster }) => html`<li>${cluster && `${cluster}: `}${says} (${distanceMs} ms)</li>`);
  const size = `${formatDuration(gap.onset.to)} in ${gap.phase}: ${seconds(gap.leastMs)} to ${seconds(gap.lengthMs)}`;
  return html`<li>
    <b>${size}</b>, ${lossText(gap)}, seen by ${gap.client}<br />${causeText(gap)}${
      gap.says && html`<br /><code>${gap.says}</code>`
    }${
      others.length > 0 &&
      html`<ul>
        ${others}
      </ul>`
    }
  </li>`;
}
