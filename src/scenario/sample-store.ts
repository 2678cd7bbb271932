import type { Answer } from './load/answer.js';
import type { SampleLine } from './load/sample-lines.js';

/** One call of a client, by this machine's clock. */
export interface Sample {
  /** Milliseconds since the epoch: its tick, and when it was really started. */
  tick: number;
  start: number;
  /** -1: it was not made, because it would have been too late. */
  ms: number;
  /** How it ended; missing of one that was not made. */
  answer?: Answer;
}

/** The calls of one client to one callee by one lane, over all pods of the client, in the order of their ticks. */
export interface SampleSeries {
  /** `cluster1/a` */
  client: string;
  /** Of the client. */
  cluster: string;
  /** Among the series of all clients. */
  index: number;
  intervalMs: number;
  samples: Sample[];
}

/** What a client saw of its own proxy. */
export interface ClientEvent {
  at: number;
  client: string;
  cluster: string;
  event: string;
  says: string;
}

interface Source {
  client: string;
  cluster: string;
  /** Milliseconds to be added to its clock. */
  shift: number;
  /** Index of its first series among those of all clients; default: 0. */
  firstSeries?: number;
  begin?: { at: number; intervalMs: number; offsets: number[] };
  names: string[];
}

/** Puts the lines of all clients' files together. */
export class SampleStore {
  readonly events: ClientEvent[] = [];
  private readonly byKey = new Map<string, SampleSeries>();
  private readonly sources = new Map<string, Source>();

  /** Every series so far. */
  get series(): SampleSeries[] {
    return [...this.byKey.values()];
  }

  /** Makes a pod of a client known. `shift` is added to the times of its clock. */
  addPod(pod: string, { client, cluster, shift, firstSeries }: Omit<Source, 'begin' | 'names'>): void {
    if (!this.sources.has(pod)) this.sources.set(pod, { client, cluster, shift, firstSeries, names: [] });
  }

  /** Drops all calls of some clients. */
  forget(clients: readonly string[]): void {
    for (const [key, { client }] of this.byKey) if (clients.includes(client)) this.byKey.delete(key);
  }

  /** Takes whole lines of a pod's file, in their order. */
  add(pod: string, lines: readonly SampleLine[]): void {
    const source = this.sources.get(pod)!;
    for (const line of lines) {
      if ('begin' in line) {
        const { begin, intervalMs, offsets } = line;
        source.begin = { at: begin + source.shift, intervalMs, offsets };
      } else if ('event' in line) {
        const { client, cluster, shift } = source;
        this.events.push({ at: line.at + shift, client, cluster, event: line.event, says: line.says });
      } else this.addSamples(source, line);
    }
  }

  private addSamples(source: Source, { names = [], samples }: Extract<SampleLine, { samples: unknown }>): void {
    source.names.push(...names);
    const { begin, firstSeries = 0 } = source;
    const { at, intervalMs, offsets } = begin!;
    for (const [index, number, late, ms, by, more] of samples) {
      const tick = at + offsets[index]! + number * intervalMs;
      const answer = ms < 0 ? undefined : { kind: 'ok' as const, ...more, ...(by >= 0 && { by: source.names[by]! }) };
      insert(this.seriesOf(source, firstSeries + index, intervalMs).samples, { tick, start: tick + late, ms, answer });
    }
  }

  private seriesOf({ client, cluster }: Source, index: number, intervalMs: number): SampleSeries {
    const key = `${client} ${index}`;
    const known = this.byKey.get(key) ?? { client, cluster, index, intervalMs, samples: [] };
    known.intervalMs = intervalMs;
    this.byKey.set(key, known);
    return known;
  }
}

/** Calls are written down when they end, so that one that took long comes after later ones. */
function insert(samples: Sample[], sample: Sample): void {
  let at = samples.length;
  while (at > 0 && samples[at - 1]!.tick > sample.tick) at--;
  samples.splice(at, 0, sample);
}
