import { join } from 'node:path';
import { escapeMarkup as text, formatDuration } from '../../kernel/text.js';
import { writeAtomically } from '../../kernel/files.js';
import { pageStyle } from './page-style.js';
import { countsText } from './summary-view.js';
import { findingLine } from '../finding.js';
import type { Link, View } from '../view.js';
import { failureLines, histogramText } from '../failure-lines.js';
import { timingsSvg } from './timings-view.js';
import { knownIssueLines } from '../known-issues.js';
import { shownVerdict, type Behaviour, type RunRecord, type TopologyRecord } from '../result.js';

export interface PageOptions {
  /** Other views that are in the run folder. */
  links?: readonly Link[];
}

/** The record as one page that needs nothing but itself: no script, no font, nothing off the host. */
export function page(record: RunRecord, options: PageOptions = {}): string {
  const { run, meshproof, machine, environment } = record;
  const facts: [string, string | undefined][] = [
    [
      'Started',
      `${run.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}, took ${formatDuration(run.durationMs)}`,
    ],
    ['Command', run.command.join(' ')],
    ['Exit code', `${run.exitCode}${run.interrupted ? ', interrupted' : ''}`],
    ['Environment', `${environment.name}: Kubernetes ${environment.kubernetes}, Istio ${environment.istio}`],
    ...environment.notes.map((note): [string, string] => ['Note', note]),
    ['Machine', `${machine.os}, ${machine.cpus} CPUs, ${(machine.memoryBytes / 1024 ** 3).toFixed(0)} GiB`],
    ...(['docker', 'kind', 'kubectl', 'istioctl', 'node'] as const).map((name): [string, string | undefined] => [
      name,
      machine[name],
    ]),
    ['meshproof', `${meshproof.version}${meshproof.commit ? ` (${meshproof.commit})` : ''}`],
  ];
  const told = [
    ...(run.ended === undefined ? [] : [`Ended early: ${run.ended}`]),
    ...knownIssueLines(record.knownIssues),
  ];
  const links = (options.links ?? []).map(({ path, title }) => `<li><a href="${href(path)}">${text(title)}</a></li>`);
  const images = Object.entries(environment.images).map(
    ([role, image]) => `<tr><th scope="row">${text(role)}</th><td>${text(image)}</td></tr>`,
  );
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:">
<title>meshproof ${text(run.id)}: ${text(countsText(record))}</title>
<style>${pageStyle}</style>
</head>
<body>
<header>
<h1>meshproof run ${text(run.id)}</h1>
<p class="counts">${text(countsText(record))}</p>
${told.map((line) => `<p>${text(line)}</p>`).join('\n')}
${links.length > 0 ? `<nav aria-label="Other views of this run"><ul>${links.join('')}</ul></nav>` : ''}
</header>
<main>
${record.topologies.map(topologySection).join('\n')}
<section aria-labelledby="timings"><h2 id="timings">Timings</h2><div class="wide" tabindex="0" role="region" aria-label="Chart of timings">${timingsSvg(record)}</div></section>
<section aria-labelledby="run"><h2 id="run">Run</h2>
<dl>${facts.map(([name, value]) => (value ? `<div><dt>${text(name)}</dt><dd>${text(value)}</dd></div>` : '')).join('\n')}</dl>
<details><summary>Images</summary><table>${images.join('\n')}</table></details>
</section>
</main>
</body>
</html>
`;
}

export default {
  file: 'index.html',
  title: 'Page',
  write: (dir, record, links) => writeAtomically(join(dir, 'index.html'), page(record, { links })),
  last: true,
} satisfies View;

/** `networks`, `primaries`: the counts among the features. */
function singular(count: string): string {
  return count.replace(/ies$/, 'y').replace(/s$/, '');
}

function topologySection(topology: TopologyRecord): string {
  const id = `topology-${text(topology.name)}`;
  const features = Object.entries(topology.features).map(([name, value]) =>
    value === true ? name : value === false ? '' : `${value} ${value === 1 ? singular(name) : name}`,
  );
  const times = [
    topology.provisioningMs !== undefined && `up after ${formatDuration(topology.provisioningMs)}`,
    topology.provenMs !== undefined &&
      `${topology.verdict === 'passed' ? 'proven' : 'decided'} after ${formatDuration(topology.provenMs)}`,
  ];
  const about = [features.filter(Boolean).join(', '), ...times, topology.file].filter(Boolean).join(' · ');
  const rows = topology.behaviours.map(behaviourRow).join('\n');
  const told = topology.behaviours.map(behaviourDetails).filter(Boolean).join('\n');
  return `<section aria-labelledby="${id}">
<h2 id="${id}">${text(topology.name)} ${badge(topology.verdict)}</h2>
<p class="about">${text(about)}</p>
${problem(topology)}${notes(topology)}${causes(topology)}
${rows ? `<table><caption>Behaviours of ${text(topology.name)}</caption><thead><tr><th scope="col">Verdict</th><th scope="col">Id</th><th scope="col">Behaviour</th><th scope="col">Area</th><th scope="col" class="number">Time</th></tr></thead><tbody>${rows}</tbody></table>` : ''}
${told}
${istio(topology)}
${evidence(topology)}
</section>`;
}

function behaviourRow(behaviour: Behaviour): string {
  const { id, title, area, durationMs, reason, known } = behaviour;
  const name = hasDetails(behaviour) ? `<a href="#${anchor(behaviour)}">${text(id)}</a>` : text(id);
  const why = reason ? `<br><span class="reason">${text(reason)}</span>` : '';
  const accepted = known
    ? `<br><span class="reason">${text(known.reason)} (<a href="${text(known.link)}">known issue</a> until ${text(known.expires)})</span>`
    : '';
  return `<tr><td>${badge(shownVerdict(behaviour))}</td><th scope="row">${name}</th><td>${text(title)}${why}${accepted}</td><td>${text(area)}</td><td class="number">${formatDuration(durationMs)}</td></tr>`;
}

function hasDetails({ failures, measurements, attachments }: Behaviour): boolean {
  return failures.length > 0 || attachments.length > 0 || Object.keys(measurements).length > 0;
}

function behaviourDetails(behaviour: Behaviour): string {
  if (!hasDetails(behaviour)) return '';
  const failures = behaviour.failures.map((failure) => `<pre>${text(failureLines(failure).join('\n'))}</pre>`);
  const rest = [
    ...(behaviour.follows ?? []).map((finding) => `<li>follows: ${text(findingLine(finding))}</li>`),
    ...(behaviour.cannotTell ?? []).map(
      ({ check, missing }) => `<li>${text(check)} could not tell: ${text(missing)}</li>`,
    ),
  ];
  const measurements = Object.entries(behaviour.measurements).map(
    ([name, value]) =>
      `<tr><th scope="row">${text(name)}</th><td><code>${text(measurementText(value))}</code></td></tr>`,
  );
  const attachments = behaviour.attachments.map(
    ({ name, path }) => `<li><a href="${href(path)}">${text(name)}</a></li>`,
  );
  const open = behaviour.verdict === 'failed' || behaviour.verdict === 'undetermined' ? ' open' : '';
  return `<details id="${anchor(behaviour)}"${open}><summary>${badge(shownVerdict(behaviour))} <b>${text(behaviour.id)}</b> ${text(behaviour.title)}</summary>
${failures.join('\n')}
${rest.length > 0 ? `<ul class="reason">${rest.join('')}</ul>` : ''}
${measurements.length > 0 ? `<table><caption>Measured by ${text(behaviour.id)}</caption><tbody>${measurements.join('\n')}</tbody></table>` : ''}
${attachments.length > 0 ? `<ul>${attachments.join('')}</ul>` : ''}
</details>`;
}

function measurementText(value: Behaviour['measurements'][string]): string {
  const isHistogram =
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((one) => typeof one === 'number');
  return isHistogram ? histogramText(value as Record<string, number>) : JSON.stringify(value);
}

/** What was installed, and what ran. */
function istio({ name, controlPlanes = [], images = [] }: TopologyRecord): string {
  if (controlPlanes.length === 0) return '';
  const planes = controlPlanes.map(({ cluster, revision, version, installer, namespace, servedBy }) => {
    const served = servedBy ? `, served by ${servedBy}` : '';
    return `<tr><th scope="row">${text(cluster)}</th><td>${text(`Istio ${version} by ${installer}, revision ${revision} in ${namespace}${served}`)}</td></tr>`;
  });
  const rows = images.map(
    ({ cluster, image, id }) =>
      `<tr><th scope="row">${text(cluster)}</th><td>${text(image)}</td><td>${text(id)}</td></tr>`,
  );
  return `<details><summary>Control planes and images of ${text(name)}</summary><table>${planes.join('')}</table><table>${rows.join('')}</table></details>`;
}

function notes({ notes = [] }: TopologyRecord): string {
  return notes.map((note) => `<p>Note: ${text(note)}</p>`).join('\n');
}

/** One cause, however many behaviours. */
function causes({ findings = [] }: TopologyRecord): string {
  if (findings.length === 0) return '';
  const items = findings.map(
    ({ behaviours, remedy, facts, ...finding }) =>
      `<li><b>${text(findingLine(finding))}</b><br>explains ${text(behaviours.join(', '))}<br>to do: ${text(remedy)}<br><code>${text(JSON.stringify(facts))}</code></li>`,
  );
  return `<h3>${findings.length === 1 ? 'Cause' : 'Causes'}</h3><ul class="causes">${items.join('')}</ul>`;
}

function problem({ problem }: TopologyRecord): string {
  if (!problem) return '';
  const lines = [problem.where ? `${problem.where}: ${problem.message}` : problem.message];
  if (problem.expected) lines.push(`expected: ${problem.expected}`);
  if (problem.remedy) lines.push(`to do: ${problem.remedy}`);
  return `<h3>Could not be built</h3><pre>${text(lines.join('\n'))}</pre>`;
}

function evidence({ evidence, name }: TopologyRecord): string {
  if (evidence.length === 0) return '';
  const clusters = [...new Set(evidence.map((file) => file.cluster))];
  const lists = clusters.map((cluster) => {
    const files = evidence.filter((file) => file.cluster === cluster);
    const items = files.map(
      (file) =>
        `<li><a href="${href(file.path)}">${text(file.path.split('/').at(-1)!)}</a> <span class="reason">${(file.bytes / 1024).toFixed(1)} KiB</span></li>`,
    );
    return `<h4>${text(cluster)}</h4><ul class="columns">${items.join('')}</ul>`;
  });
  return `<details><summary>Evidence of ${text(name)}: ${evidence.length} files</summary>${lists.join('')}</details>`;
}

/** A verdict is a word and a sign before it is a colour. */
function badge(verdict: Behaviour['verdict'] | 'flaky' | 'known'): string {
  const signs = {
    passed: '✓',
    failed: '✗',
    undetermined: '?',
    'not-applicable': '–',
    skipped: '–',
    flaky: '≈',
    known: '!',
  };
  return `<span class="badge ${verdict}"><span aria-hidden="true">${signs[verdict]}</span> ${verdict}</span>`;
}

function anchor({ topology, id }: Behaviour): string {
  return text(`${topology}-${id}`);
}

function href(path: string): string {
  return text(path.split('/').map(encodeURIComponent).join('/'));
}
