import type { Sample } from './sample-store.js';

/** An error of HTTP that a service answers with, and in the baseline did not: its own, or that of a mesh that calls another one. */
export function otherAnswer(samples: readonly Sample[], inBaseline: (at: number) => boolean): string | undefined {
  const before = new Set(samples.filter(({ tick }) => inBaseline(tick)).map(({ answer }) => answer!.by));
  const others = samples.flatMap(({ answer }) => answer!.by ?? []).filter((by) => !before.has(by));
  return others.find((by) => /^HTTP 4/.test(by));
}
