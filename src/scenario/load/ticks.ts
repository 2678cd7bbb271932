/** What is called on ticks. */
export interface Series {
  /** Milliseconds of its first tick after the start. */
  offset: number;
  /** Starts a call; does not wait for it. `late` is by how many milliseconds it starts after its tick. */
  tick(number: number, late: number): void;
}

/**
 * Calls series on their ticks, whether or not the calls before have ended. A tick that is overdue is told with its lateness: it is
 * the series' to leave it out. Returns what ends it.
 */
export function onTicks(series: readonly Series[], startAt: number, intervalMs: number): () => void {
  const next = series.map(() => 0);
  const due = (i: number): number => startAt + series[i]!.offset + next[i]! * intervalMs;
  let timer: NodeJS.Timeout;
  let stopped = false;
  const work = (): void => {
    const now = performance.now();
    for (const [i, one] of series.entries()) {
      while (!stopped && due(i) <= now) {
        const late = now - due(i);
        one.tick(next[i]!++, late);
      }
    }
    if (stopped) return;
    const soonest = Math.min(...series.map((_, i) => due(i)));
    timer = setTimeout(work, Math.max(0, soonest - performance.now()));
  };
  work();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
