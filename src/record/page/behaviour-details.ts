import { formatDuration } from '../../kernel/text.js';
import { failureLines } from '../failure-lines.js';
import { findingLine } from '../finding.js';
import { shownVerdict, type Behaviour, type Failure } from '../result.js';
import { anchor, href, html, type Markup } from './html.js';
import { bars } from './pictures/bars.js';
import { measurements } from './pictures/measurements.js';
import { badge, isRed } from './verdict-badge.js';

function behaviourAnchor({ topology, id }: Pick<Behaviour, 'topology' | 'id'>): string {
  return anchor(topology, id);
}

/** Its id, as a link where it has told more than its verdict. */
export function behaviourLink(behaviour: Behaviour): Markup {
  return hasDetails(behaviour)
    ? html`<a href="#${behaviourAnchor(behaviour)}">${behaviour.id}</a>`
    : html`${behaviour.id}`;
}

export function hasDetails(behaviour: Behaviour): boolean {
  const { failures, measurements, attachments, reason, known } = behaviour;
  if (behaviour.verdict === 'not-applicable' || behaviour.verdict === 'skipped') return false;
  const told = failures.length + attachments.length + Object.keys(measurements).length;
  return told > 0 || reason !== undefined || known !== undefined;
}

/** What a behaviour has told: failures, pictures of what it measured, attachments. Open where it is red. */
export function behaviourDetails(behaviour: Behaviour): Markup {
  const { id, title, durationMs, reason, known, failures, follows = [], cannotTell = [], attachments } = behaviour;
  const rest = [
    ...follows.map((finding) => html`<li>follows: ${findingLine(finding)}</li>`),
    ...cannotTell.map(({ check, missing }) => html`<li>${check} could not tell: ${missing}</li>`),
  ];
  const files = attachments.map(({ name, path }) => html`<li><a href="${href(path)}">${name}</a></li>`);
  return html`<details class="behaviour" id="${behaviourAnchor(behaviour)}" ${isRed(behaviour) && html` open`}>
    <summary>
      ${badge(shownVerdict(behaviour))} <b>${id}</b> ${title} <span class="reason">${formatDuration(durationMs)}</span>
    </summary>
    ${known && html`<p>Known issue until ${known.expires}: ${known.reason} ${tracked(known.link)}</p>`}
    ${reason && html`<pre>${reason}</pre>`} ${failures.map(failureOf)}
    ${
      rest.length > 0 &&
      html`<ul class="reason">
        ${rest}
      </ul>`
    }
    ${measurements(behaviour)}
    ${
      files.length > 0 &&
      html`<ul>
        ${files}
      </ul>`
    }
  </details>`;
}

function failureOf(failure: Failure): Markup {
  const { histogram = {}, cluster = '' } = failure;
  const all = Object.entries(histogram).sort(([, a], [, b]) => b - a);
  const total = all.reduce((sum, [, count]) => sum + count, 0);
  const answers = all.map(([name, count]) => ({ name, share: count / total, text: String(count) }));
  return html`<pre>${failureLines(failure).join('\n')}</pre>
    ${total > 0 && bars(`${cluster} got`.trim(), answers)}`;
}

/** A link to where an issue is tracked; what is no address of the web is no link. */
function tracked(link: string): Markup {
  return /^https?:/.test(link) ? html`(<a href="${link}">tracked there</a>)` : html`(${link})`;
}
