import { join } from 'node:path';
import { escapeMarkup, formatDuration } from '../../kernel/text.js';
import { writeAtomically } from '../../kernel/files.js';
import type { RunRecord } from '../result.js';
import type { View } from '../view.js';

interface Bar {
  name: string;
  kind: 'step' | 'behaviour' | 'failed';
  start: number;
  duration: number;
}

const left = 230;
const chart = 820;
const right = 90;
const row = 20;

/** What the run spent its time on: a row for each step and behaviour, in groups by cluster, on one axis from the run's start. */
export function timingsSvg(record: RunRecord): string {
  const groups = groupsOf(record);
  const bars = groups.flatMap((group) => group.bars);
  const end = Math.max(1000, ...bars.map((bar) => bar.start + bar.duration));
  const x = (time: number) => left + (time / end) * chart;
  const parts: string[] = [];
  let y = 34;
  for (const group of groups) {
    parts.push(`<text class="t-group" x="8" y="${y + 14}">${escapeMarkup(group.name)}</text>`);
    y += row + 2;
    for (const bar of group.bars) {
      const name = bar.name.length > 32 ? `${bar.name.slice(0, 31)}…` : bar.name;
      const about = `${bar.name}: ${formatDuration(bar.duration)}, from ${formatDuration(bar.start)} to ${formatDuration(bar.start + bar.duration)}`;
      const barWidth = Math.max((bar.duration / end) * chart, 2);
      parts.push(
        `<g><title>${escapeMarkup(about)}</title>` +
          `<text class="t-name" x="${left - 8}" y="${y + 14}" text-anchor="end">${escapeMarkup(name)}</text>` +
          `<rect class="t-${bar.kind}" x="${x(bar.start).toFixed(1)}" y="${y + 3}" width="${barWidth.toFixed(1)}" height="14" rx="2"/>` +
          `<text class="t-time" x="${(x(bar.start) + barWidth + 5).toFixed(1)}" y="${y + 14}">${formatDuration(bar.duration)}</text></g>`,
      );
      y += row;
    }
    y += 8;
  }
  const grid = ticks(end).map(
    (time) =>
      `<line class="t-grid" x1="${x(time).toFixed(1)}" y1="26" x2="${x(time).toFixed(1)}" y2="${y}"/>` +
      `<text class="t-time" x="${x(time).toFixed(1)}" y="18" text-anchor="middle">${formatDuration(time)}</text>`,
  );
  const size = `viewBox="0 0 ${left + chart + right} ${y + 8}" width="${left + chart + right}" height="${y + 8}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-labelledby="timings-title timings-about">
<title id="timings-title">Timings of run ${escapeMarkup(record.run.id)}</title>
<desc id="timings-about">${bars.length} steps and behaviours in ${formatDuration(end)}, one bar each, grouped by cluster.</desc>
<style>${style}</style>
<rect class="t-paper" width="100%" height="100%"/>
${grid.join('\n')}
${parts.join('\n')}
</svg>
`;
}

export default {
  file: 'timings.svg',
  title: 'Timings (SVG)',
  write: (dir, record) => writeAtomically(join(dir, 'timings.svg'), timingsSvg(record)),
} satisfies View;

function groupsOf(record: RunRecord): { name: string; bars: Bar[] }[] {
  const groups = new Map<string, Bar[]>();
  const add = (group: string, bar: Bar) => groups.set(group, [...(groups.get(group) ?? []), bar]);
  const begin = Date.parse(record.run.startedAt);
  for (const topology of record.topologies) {
    const prefix = record.topologies.length > 1 ? `${topology.name}: ` : '';
    for (const timing of topology.timings) {
      add(`${prefix}${timing.cluster ?? 'whole mesh'}`, {
        name: timing.step,
        kind: 'step',
        start: timing.start,
        duration: timing.duration,
      });
    }
    for (const { id, startedAt, durationMs, verdict } of topology.behaviours) {
      if (verdict === 'not-applicable' || verdict === 'skipped') continue;
      const kind = verdict === 'passed' ? 'behaviour' : 'failed';
      add(`${prefix}behaviours`, {
        name: id,
        kind,
        start: Math.max(0, Date.parse(startedAt) - begin),
        duration: durationMs,
      });
    }
  }
  return [...groups].map(([name, bars]) => ({ name, bars: bars.sort((a, b) => a.start - b.start) }));
}

/** Six to twelve round times. */
function ticks(end: number): number[] {
  const steps = [
    100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000,
  ];
  const step = steps.find((one) => end / one <= 10) ?? Math.ceil(end / 10 / 3_600_000) * 3_600_000;
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step);
}

const style =
  '.t-paper{fill:#fff}.t-grid{stroke:#d8dde3}.t-group{font:600 13px system-ui,sans-serif;fill:#1b1f24}' +
  '.t-name,.t-time{font:12px system-ui,sans-serif;fill:#3d444d}.t-step{fill:#3572b0}.t-behaviour{fill:#2b8045}.t-failed{fill:#c0302b}' +
  '@media (prefers-color-scheme:dark){.t-paper{fill:#14181d}.t-grid{stroke:#323a44}.t-group{fill:#e8ecf1}' +
  '.t-name,.t-time{fill:#b6bfca}.t-step{fill:#6aa6e0}.t-behaviour{fill:#56b870}.t-failed{fill:#f0716b}}';

/** The longest steps and behaviours as text, a line each, longest first; per topology. */
export function timingsText(record: RunRecord): string {
  const lines = record.topologies.flatMap((topology) => {
    const steps = topology.timings.map(({ step, cluster, duration }) => ({
      name: [cluster, step].filter(Boolean).join(' '),
      duration,
    }));
    const behaviours = topology.behaviours.map(({ id, durationMs }) => ({ name: id, duration: durationMs }));
    const all = [...steps, ...behaviours].sort((a, b) => b.duration - a.duration);
    return [topology.name, ...all.map(({ name, duration }) => `${formatDuration(duration).padStart(10)}  ${name}`)];
  });
  const { overheadMs, pausesMs, durationMs } = record.run;
  const share = (what: string, ms: number | undefined) =>
    ms === undefined
      ? []
      : [`${what}: ${formatDuration(ms)} of ${formatDuration(durationMs)} (${((100 * ms) / durationMs).toFixed(1)} %)`];
  return [...lines, ...share('own overhead', overheadMs), ...share('pauses', pausesMs)].join('\n');
}

/** Milliseconds from `start` to `end` in which none of the spans was under way. */
export function timeOutside(spans: readonly { start: number; end: number }[], start: number, end: number): number {
  let free = 0;
  let until = start;
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    if (span.start > until) free += span.start - until;
    until = Math.max(until, span.end);
  }
  return free + Math.max(0, end - until);
}
