import { formatDuration } from '../kernel/text.js';
import { lossKinds, verdictText, type ChangeRecord, type Gap, type PathRecord } from './change-record.js';

/** `2.4 s` */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** What was lost in a gap: `refused 3, reset 1 (UF)`. */
export function lossText({ kinds, flags = [] }: Gap): string {
  const parts = lossKinds.flatMap((kind) => (kinds[kind] ? [`${kind} ${kinds[kind]}`] : []));
  return `${parts.join(', ')}${flags.length > 0 ? ` (${flags.join(', ')})` : ''}`;
}

/** The cause of a gap that lies nearest, and how many others there are; what is not known is said. */
export function causeText({ causes, unsure, act }: Gap): string {
  if (unsure !== undefined) return `not certain: ${unsure}`;
  const [nearest, ...others] = causes;
  if (!nearest) return `no event was seen in its onset${act ? `; act ${act} was under way, or the last one` : ''}`;
  const where = nearest.cluster ? `${nearest.cluster}: ` : '';
  const more = others.length > 0 ? `; ${others.length} more in its onset` : '';
  return `${where}${nearest.says} (${nearest.distanceMs} ms from its onset${more})`;
}

/** A change as text, the lines that matter most first; each is [indentation, text]. */
export function changeLines(change: ChangeRecord): string[] {
  const { title, verdict, reasons, acts, paths, load, compared, worse, notSeen, command } = change;
  const clean = paths.filter(({ gaps, resets }) => gaps.length === 0 && resets === 0);
  const probes = paths.map(({ samples }) => samples);
  const lines = [`change ${change.id}: ${verdictText[verdict]} (${title})`];
  for (const reason of reasons.slice(0, 10)) lines.push(`  ${reason}`);
  if (reasons.length > 10) lines.push(`  and ${reasons.length - 10} more paths`);
  if (command && command.exitCode !== 0)
    lines.push(`  the command ended with exit code ${command.exitCode}${command.allowed ? ', which is accepted' : ''}`);
  for (const { id, outcome, problem = '' } of acts.filter((act) => act.outcome !== 'done' && !command))
    lines.push(`  act ${id}: ${outcome}${problem && `: ${problem.split('\n')[0]}`}`);
  for (const path of paths.filter((one) => one.gaps.length > 0 || one.resets > 0)) lines.push(...pathLines(path));
  const shortest = Math.max(0, ...paths.map(({ seenFromMs }) => seenFromMs));
  const stall = Math.max(0, ...paths.map(({ stallSeenFromMs }) => stallSeenFromMs));
  const missed = paths.reduce((sum, { notMeasured }) => sum + notMeasured, 0);
  const expected = paths.reduce((sum, path) => sum + path.expected, 0);
  for (const { id, lane, answeredBy } of paths.filter((one) => one.path !== undefined))
    lines.push(`  ${id}: answered with ${answersText(answeredBy)}${lane === 'connect' ? connectSees : ''}`);
  lines.push(
    `  ${clean.length} of ${paths.length} paths without a loss, ${Math.min(...probes)} to ${Math.max(...probes)} calls on each: a gap of ${seconds(shortest)} is always detected, a stall of ${seconds(stall)}`,
    `  not measured: ${missed} of ${expected} ticks; ${change.controlGaps.length} moments in which the load itself was late`,
    `  ${load.retriesOff}`,
  );
  for (const { lane, why } of load.lanesNotRun) lines.push(`  lane ${lane} did not run: ${why}`);
  lines.push(
    compared
      ? `  findings after the change that were not there before: ${worse.length}`
      : '  findings before and after the change were not compared',
  );
  for (const text of notSeen) lines.push(`  could not be watched: ${text}`);
  return lines;
}

/** What a connection without calls cannot show. */
const connectSees = '; only refused and closed connections are seen, not dropped packets';

/** `HTTP 200 (297), HTTP 404 (3)` */
function answersText(answers: PathRecord['answeredBy']): string {
  const parts = Object.entries(answers).map(([answer, count]) => `${answer} (${count})`);
  return parts.join(', ') || 'nothing';
}

function pathLines({
  id,
  gaps,
  gapMs,
  effectiveBudgetMs,
  budgetMs,
  resets,
  allowedResets,
  endedByCallee,
}: PathRecord): string[] {
  const ended = [
    resets > 0 && `${resets} connections ended (${allowedResets} allowed)`,
    endedByCallee > 0 && `${endedByCallee} ended by the callee itself`,
  ].filter(Boolean);
  const allowed = `budget ${seconds(budgetMs)}, at least ${seconds(effectiveBudgetMs)}`;
  const lines = [`  ${id}: ${seconds(gapMs)} of gap (${allowed})${ended.length > 0 ? `, ${ended.join(', ')}` : ''}`];
  for (const gap of gaps.slice(0, 3)) {
    const { onset, lengthMs, leastMs, client, phase } = gap;
    lines.push(
      `    at ${formatDuration(onset.to)} in ${phase}: ${seconds(leastMs)} to ${seconds(lengthMs)}, ${lossText(gap)}, seen by ${client}`,
      `      ${causeText(gap)}`,
    );
  }
  if (gaps.length > 3) lines.push(`    and ${gaps.length - 3} more`);
  return lines;
}
