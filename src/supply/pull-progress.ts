/** One message of Docker's answer to a pull. */
export interface PullMessage {
  /** A layer, or the tag that is pulled. */
  id?: string;
  status?: string;
  progressDetail?: { current?: number; total?: number };
  error?: string;
}

/** What Docker does with the image now. */
export type PullPhase = 'asking' | 'downloading' | 'unpacking';

interface Layer {
  status: string;
  bytes: number;
}

/** Layers whose bytes are all here. */
const downloaded = /^(Download complete|Verifying Checksum|Extracting|Pull complete|Already exists)/;
const complete = /^(Pull complete|Already exists)/;

/** How far a pull is, from Docker's messages about it. */
export class PullProgress {
  private readonly layers = new Map<string, Layer>();
  /** When something last changed; milliseconds since the epoch. A message that repeats what is known is no change. */
  changedAt = Date.now();

  take({ id, status = '', progressDetail }: PullMessage): void {
    if (id === undefined || status.startsWith('Pulling from')) return;
    const before = this.layers.get(id);
    const { current } = progressDetail ?? {};
    // unpacking counts bytes as well
    const bytes = /^Downloading/.test(status) ? (current ?? 0) : (before?.bytes ?? 0);
    const step = /^(Downloading|Extracting)/.test(status) ? `${status} ${current ?? ''}` : status;
    if (before?.status === step) return;
    this.layers.set(id, { status: step, bytes });
    this.changedAt = Date.now();
  }

  /** Docker has the image's manifest: the image is there, and is allowed to be pulled. */
  get known(): boolean {
    return this.layers.size > 0;
  }

  get phase(): PullPhase {
    if (!this.known) return 'asking';
    return this.count(downloaded) < this.layers.size ? 'downloading' : 'unpacking';
  }

  /** E.g. `3 of 12 layers, 210 MB`; empty before the layers are known. */
  get text(): string {
    if (!this.known) return '';
    const megabytes = Math.round([...this.layers.values()].reduce((sum, { bytes }) => sum + bytes, 0) / 1e6);
    return `${this.count(complete)} of ${this.layers.size} layers, ${megabytes} MB`;
  }

  private count(states: RegExp): number {
    return [...this.layers.values()].filter(({ status }) => states.test(status)).length;
  }
}
