/** Every so many milliseconds the clock is to tick. */
const tickMs = 50;
/** A tick may be as late without being told. */
const bearableMs = 50;
/** How long a late tick is told. */
const toldMs = 2_000;

/** Notices that this process itself was not given the processor: its own ticks come late. */
export class OwnClock {
  private lates: { at: number; by: number }[] = [];
  private due = performance.now() + tickMs;
  private readonly timer: NodeJS.Timeout;

  constructor() {
    this.timer = setInterval(() => {
      const now = performance.now();
      const by = now - this.due;
      if (by > bearableMs) this.lates.push({ at: now, by });
      this.due = now + tickMs;
    }, tickMs);
    this.timer.unref();
  }

  /** Milliseconds of the latest tick in the last 2 s, or of one that is still to come; 0 where all were in time. */
  late(): number {
    const now = performance.now();
    this.lates = this.lates.filter(({ at }) => now - at < toldMs);
    const open = now - this.due;
    const most = Math.max(0, open, ...this.lates.map(({ by }) => by));
    return most > bearableMs ? Math.round(most) : 0;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
