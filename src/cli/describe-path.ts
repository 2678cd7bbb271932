import { delivers, firstBreak, lost, type Path, type Step, type Trace } from '../check/path/path-types.js';
import { percent } from '../check/path/path-words.js';
import { columns } from '../kernel/text-table.js';

/** A path as lines for people: a mark at the break, and nothing after it. */
export function describePath(path: Path): string[] {
  const { caller, called, before, traces, missing } = path;
  const title = `${caller.namespace}/${caller.pod} of ${caller.cluster} calls ${called.name}.${called.namespace}:${called.port}${called.path}`;
  const ways = [...traces, ...missing];
  return [
    title,
    ...stepLines(before),
    ...ways.flatMap((trace) => ['', `  ${wayTitle(trace)}`, ...stepLines(trace.steps)]),
    '',
    verdictLine(path),
  ];
}

/** `10.10.0.7:5000, cluster1, 50 % of calls`. */
function wayTitle({ to, endpoint, share, endpoints }: Trace): string {
  const where = to ? ` in ${to}` : '';
  const many = endpoints > 1 ? ` and ${endpoints - 1} more` : '';
  return `${endpoint}${many}${where}: ${percent(share)} of calls`;
}

const marks: Record<Step['is'], string> = { ok: '  ', broken: 'X ', 'cannot tell': '? ' };

function stepLines(steps: readonly Step[]): string[] {
  if (steps.length === 0) return [];
  const rows = steps.map(({ hop, cluster, at, is, says }) => [`${marks[is]}${hop}`, cluster, at, says]);
  const lines = columns(rows);
  return lines.flatMap((line, i) => {
    const { is, remedy } = steps[i]!;
    return [`  ${line}`, ...(is === 'broken' && remedy ? [`      to do: ${remedy}`] : [])];
  });
}

/** What becomes of the calls, in a sentence. */
export function verdictLine(path: Path): string {
  const found = firstBreak(path);
  const { traces, missing } = path;
  if (!found)
    return traces.length > 0 && traces.every(delivers)
      ? `every call arrives: ${traces.map(({ to, share }) => `${percent(share)} in ${to}`).join(', ')}`
      : 'cannot tell whether calls arrive';
  const broken = traces.filter((trace) => trace.steps.some(({ is }) => is === 'broken'));
  const count = (some: readonly Trace[]): number => some.reduce((sum, { endpoints }) => sum + endpoints, 0);
  const { step } = found;
  if (lost(path) > 0 && count(traces) === 0) return `no call arrives; it ends at: ${step.hop}`;
  if (lost(path) > 0)
    return count(broken) > 0
      ? `${count(broken)} of ${count(traces)} endpoints are broken, with ${percent(lost(path))} of calls; first at: ${step.hop}`
      : `${percent(lost(path))} of calls reach no endpoint; they end at: ${step.hop}`;
  return missing.length > 0
    ? `no call reaches ${missing.map(({ to }) => to).join(', ')}; it ends at: ${step.hop}`
    : `calls arrive at some endpoints only; broken at: ${step.hop}`;
}
