import type { Progress } from '../../src/engine/progress.js';

/** A progress that shows nothing and keeps what it was told in `notes`. */
export function quietProgress(notes: string[] = []): Progress {
  return {
    timings: [],
    note: (text) => void notes.push(text),
    print: () => undefined,
    step: (_title, _about, work) => work(),
    apart: (work) => work(),
  };
}
