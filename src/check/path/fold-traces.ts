import type { Trace } from './path-types.js';

/** Ways that differ in names and addresses alone become one, with the sum of their shares. */
export function foldTraces(traces: readonly Trace[]): Trace[] {
  const folded = new Map<string, Trace>();
  for (const trace of traces) {
    const same = folded.get(keyOf(trace));
    if (!same) folded.set(keyOf(trace), { ...trace });
    else {
      same.share += trace.share;
      same.endpoints += trace.endpoints;
    }
  }
  return [...folded.values()].sort((a, b) => b.share - a.share);
}

function keyOf({ to, steps }: Trace): string {
  const last = steps.at(-1);
  const words = (last?.is === 'ok' ? '' : (last?.says ?? '')).replace(/pod \S+|\d+\.\d+\.\d+\.\d+(:\d+)?/g, '-');
  return [to, ...steps.map(({ hop, is }) => `${hop} ${is}`), words].join('|');
}
