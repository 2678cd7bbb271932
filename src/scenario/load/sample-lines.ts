import type { Answer } from './answer.js';

/** What happened at one tick of one series, as it is written down: short, because there are thousands. */
export type SampleTuple = [
  series: number,
  tick: number,
  /** Milliseconds by which the call started late. */
  late: number,
  /** Milliseconds that it took; -1 where it was not made, because its tick had passed too long ago. */
  ms: number,
  /** Index of who answered in the names of the lines so far; -1 where nobody did. */
  by: number,
  /** Whatever else is known; missing of a call that was simply answered. */
  more?: Omit<Answer, 'by'>,
];

/** A line of a client's file. */
export type SampleLine =
  | {
      /** The ticks restart at this time of the client's clock. */
      begin: number;
      intervalMs: number;
      /** Milliseconds of each series' first tick after `begin`. */
      offsets: number[];
    }
  | { names?: string[]; samples: SampleTuple[] }
  | { at: number; event: string; says: string };

/** Names by their indexes, told once. */
export class Names {
  private readonly known = new Map<string, number>();
  private fresh: string[] = [];

  indexOf(name: string | undefined): number {
    if (name === undefined) return -1;
    const index = this.known.get(name) ?? this.known.size;
    if (index === this.known.size) {
      this.known.set(name, index);
      this.fresh.push(name);
    }
    return index;
  }

  /** Names that were not told yet. */
  take(): string[] {
    return this.fresh.splice(0);
  }
}
