import { formatDuration } from '../../kernel/text.js';
import { headlineOf } from '../headline.js';
import { knownIssueLines } from '../known-issues.js';
import { countsText } from '../views/summary-view.js';
import { topologyAnchor } from './topology-part.js';
import { html, type Markup } from './html.js';
import type { Page } from './section.js';
import { topologyPicture } from './topology-picture.js';
import { signs } from './verdict-badge.js';

/** The verdict, the sentence that explains it, what to do, and the mesh that it is about. */
export function firstScreen({ record }: Page): Markup {
  const { run, environment, topologies } = record;
  const { verdict, sentence, remedy, topology = topologies[0] } = headlineOf(record);
  const notes = [
    ...(run.interrupted ? ['Interrupted: what had not been decided is missing.'] : []),
    ...(run.ended === undefined ? [] : [`Ended early: ${run.ended}`]),
    ...knownIssueLines(record.knownIssues),
  ];
  const started = run.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
  const about = `${started}, ${formatDuration(run.durationMs)} · Istio ${environment.istio} · Kubernetes ${environment.kubernetes} · environment ${environment.name}`;
  const hasBehaviours = topologies.some(({ behaviours }) => behaviours.length > 0);
  const jump = topologies.map(({ name }) => html`<li><a href="#${topologyAnchor(name)}">${name}</a></li>`);
  return html`<header class="first">
    <div>
      <h1>
        <span class="verdict ${verdict}"><span aria-hidden="true">${signs[verdict]}</span> ${verdict}</span>
      </h1>
      <p class="sentence">${sentence}</p>
      ${
        remedy !== undefined &&
        html`<p class="label">To do</p>
          <pre>${remedy}</pre>`
      }
      <p class="counts">${countsText(record)}</p>
      ${notes.map((note) => html`<p>${note}</p>`)}
      <p class="about">Run ${run.id} · ${about}</p>
      <nav aria-label="Parts of this page">
        <ul>
          ${jump} ${hasBehaviours && html`<li><a href="#matrix">all behaviours</a></li>`}
          <li><a href="#timings">timings</a></li>
          <li><a href="#run">run and files</a></li>
        </ul>
      </nav>
    </div>
    ${topology && drawn(topology)}
  </header>`;
}

function drawn(topology: Page['record']['topologies'][number]): Markup | undefined {
  const picture = topologyPicture(topology);
  if (!picture) return undefined;
  return html`<figure class="mesh">
    <div class="wide" tabindex="0" role="region" aria-label="The mesh of ${topology.name}">${picture}</div>
    <figcaption>${topology.name}</figcaption>
  </figure>`;
}
