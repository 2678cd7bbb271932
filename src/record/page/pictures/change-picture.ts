import { escapeMarkup as text, formatDuration } from '../../../kernel/text.js';
import type { ChangeRecord, PathRecord, Phase } from '../../change-record.js';
import { lossText, seconds } from '../../change-lines.js';

const width = 1180;
const left = 250;
const right = 240;
const row = 20;
const plot = width - left - right;

/**
 * A change on one time axis: phases and acts above, each path a row with its gaps and, beside it, its latency; below them what
 * happened to the mesh, one row for each kind of event. Inline SVG without script; every mark has a title.
 */
export function changePicture(change: ChangeRecord): string {
  const judged = change.phases.filter(({ name }) => name !== 'settle');
  const start = judged[0]?.start ?? 0;
  const end = judged.at(-1)?.end ?? 1;
  const x = (at: number): number => left + (Math.max(0, Math.min(end, at) - start) / Math.max(1, end - start)) * plot;
  const kinds = [...new Set(change.events.map(({ kind }) => kind))].filter((kind) => !kind.startsWith('act-'));
  const top = 46;
  const paths = change.paths.map((path, i) => pathRow(path, top + i * row, x, start, end));
  const belowPaths = top + change.paths.length * row + 24;
  const control = controlRow(change, belowPaths - 12, x);
  const events = kinds.map((kind, i) => eventRow(change, kind, belowPaths + 10 + i * row, x));
  const height = belowPaths + 20 + kinds.length * row + 24;
  const acts = change.phases.filter(({ name }) => name === 'act').map((phase) => actBand(change, phase, x, height));
  const phases = judged.filter(({ name }) => name !== 'act').map((phase) => phaseLabel(phase, x));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${text(`Losses and events of change ${change.id} over time`)}">
<style>${style}</style>
${acts.join('\n')}
${phases.join('\n')}
${axis(start, end, x, height)}
<text class="c-head" x="${width - right + 10}" y="${top - 8}">latency: median, longest</text>
${paths.join('\n')}
${control}
${events.join('\n')}
</svg>`;
}

function pathRow(path: PathRecord, y: number, x: (at: number) => number, start: number, end: number): string {
  const middle = y + row / 2;
  const gaps = path.gaps.map((gap) => {
    const from = x(gap.onset.from);
    const title = `${seconds(gap.leastMs)} to ${seconds(gap.lengthMs)} from ${formatDuration(gap.onset.to)}: ${lossText(gap)}, ${gap.client}${gap.unsure === undefined ? '' : '; not certain'}`;
    const kind = gap.unsure === undefined ? 'c-gap' : 'c-unsure';
    return `<rect class="${kind}" x="${round(from)}" y="${y + 3}" width="${round(Math.max(3, x(gap.end.to) - from))}" height="${row - 6}"><title>${text(title)}</title></rect>`;
  });
  const { baseline, change } = path.latency;
  const latency = [baseline, change].map((one) => (one ? `${one.p50}, ${one.max}` : '-')).join(' → ');
  return `<g><text class="c-name" x="${left - 10}" y="${middle + 4}" text-anchor="end">${text(shortened(path.id))}<title>${text(path.id)}</title></text>
<line class="c-line" x1="${left}" x2="${width - right}" y1="${middle}" y2="${middle}"/>${gaps.join('')}
${sparkline(path.bins, y, start, end)}<text class="c-small" x="${width}" y="${middle + 4}" text-anchor="end">${text(latency)} ms</text></g>`;
}

/** What fits before the rows: a path of the user's may have a long name, whose end says what is called. */
function shortened(id: string): string {
  return id.length > 42 ? `${id.slice(0, 14)}…${id.slice(-26)}` : id;
}

/** The longest latency over time, each path by its own scale. */
function sparkline(bins: PathRecord['bins'], y: number, start: number, end: number): string {
  if (bins.length < 2) return '';
  const most = Math.max(...bins.map(([, , longest]) => longest), 1);
  const at = ([time, , longest]: PathRecord['bins'][number]): string =>
    `${round(width - right + 10 + ((time - start) / Math.max(1, end - start)) * 68)},${round(y + row - 3 - (longest / most) * (row - 6))}`;
  return `<polyline class="c-latency" points="${bins.map(at).join(' ')}"/>`;
}

function controlRow({ controlGaps }: ChangeRecord, y: number, x: (at: number) => number): string {
  if (controlGaps.length === 0) return '';
  const marks = controlGaps.map(
    ({ from, to, client, says }) =>
      `<rect class="c-control" x="${round(x(from))}" y="${y}" width="${round(Math.max(2, x(to) - x(from)))}" height="8"><title>${text(`${client}: ${says}`)}</title></rect>`,
  );
  return `<g><text class="c-name" x="${left - 10}" y="${y + 8}" text-anchor="end">the load itself was late</text>${marks.join('')}</g>`;
}

function eventRow({ events }: ChangeRecord, kind: string, y: number, x: (at: number) => number): string {
  const marks = events
    .filter((event) => event.kind === kind)
    .map(
      ({ at, cluster, says }) =>
        `<circle class="c-event" cx="${round(x(at))}" cy="${y + row / 2}" r="4"><title>${text(`${formatDuration(Math.max(0, at))}: ${cluster ? `${cluster}: ` : ''}${says}`)}</title></circle>`,
    );
  return `<g><text class="c-name" x="${left - 10}" y="${y + row / 2 + 4}" text-anchor="end">${text(kind)}</text>
<line class="c-line" x1="${left}" x2="${width - right}" y1="${y + row / 2}" y2="${y + row / 2}"/>${marks.join('')}</g>`;
}

/** An act's name may be wider than its band: the number is that of the table below. */
function actBand(
  { acts }: ChangeRecord,
  { act, start, end }: Phase,
  x: (at: number) => number,
  height: number,
): string {
  const i = acts.findIndex(({ id }) => id === act);
  const title = acts[i] ? `${acts[i].id}: ${acts[i].title}` : (act ?? '');
  const from = x(start);
  return `<rect class="c-act${i % 2 === 0 ? '' : ' c-odd'}" x="${round(from)}" y="20" width="${round(Math.max(2, x(end) - from))}" height="${height - 40}"><title>${text(title)}</title></rect>
<text class="c-head" x="${round((from + x(end)) / 2)}" y="32" text-anchor="middle">${i + 1}<title>${text(title)}</title></text>`;
}

function phaseLabel({ name, start }: Phase, x: (at: number) => number): string {
  return `<line class="c-grid" x1="${round(x(start))}" x2="${round(x(start))}" y1="8" y2="36"/><text class="c-small" x="${round(x(start) + 3)}" y="16">${name}</text>`;
}

function axis(start: number, end: number, x: (at: number) => number, height: number): string {
  const steps = [1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000];
  const step = steps.find((one) => (end - start) / one <= 12) ?? 3_600_000;
  const marks = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, i) => start + i * step);
  return marks
    .map(
      (at) =>
        `<line class="c-grid" x1="${round(x(at))}" x2="${round(x(at))}" y1="38" y2="${height - 18}"/><text class="c-small" x="${round(x(at))}" y="${height - 4}" text-anchor="middle">${formatDuration(Math.round(at))}</text>`,
    )
    .join('\n');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

const style =
  '.c-line,.c-grid{stroke:#d8dde3}.c-name,.c-head{font:12px system-ui,sans-serif;fill:#1b1f24}.c-head{font-weight:600}' +
  '.c-small{font:11px system-ui,sans-serif;fill:#57606a}.c-gap{fill:#b3261e}.c-unsure{fill:none;stroke:#7a3b9e;stroke-dasharray:3 2}' +
  '.c-control{fill:#7a3b9e}.c-event{fill:#1f5f9e}.c-act{fill:#e5b45a;opacity:.25}.c-odd{opacity:.12}.c-latency{fill:none;stroke:#1f5f9e}' +
  '@media (prefers-color-scheme:dark){.c-line,.c-grid{stroke:#323a44}.c-name,.c-head{fill:#e8ecf1}.c-small{fill:#a5afba}' +
  '.c-gap{fill:#f58a84}.c-unsure{stroke:#cf9df0}.c-control{fill:#cf9df0}.c-event{fill:#82b8ef}.c-latency{stroke:#82b8ef}}';
