import type { RunRecord } from './result.js';

/** A view of a record, written into the run's folder: the default export of a file `views/*-view.ts`. */
export interface View {
  /** Its file, relative to the run's folder. */
  file: string;
  title: string;
  /** False where there is nothing to make it of. */
  when?(dir: string): boolean;
  write(dir: string, record: RunRecord, links: readonly Link[]): Promise<void>;
  /** Whether a run without it is complete: a failure is told, and stops nothing. */
  optional?: true;
  /** Whether it is written after all others, because it links to them or holds them; of several in the order of their files. */
  last?: true;
}

/** A view as another one links to it. */
export interface Link {
  path: string;
  title: string;
}
