import { AsyncLocalStorage } from 'node:async_hooks';
import pc from 'picocolors';
import { redact } from '../kernel/secrets/redact.js';
import { showControls } from '../kernel/control-characters.js';
import type { Timing } from '../record/result.js';
import type { Progress } from '../engine/progress.js';
import { linesView, liveView, type ProgressStream, type RunningStep, type View } from './progress-views.js';

/** Shows what is being done on stderr, and keeps how long each step took. Never writes to stdout. */
export interface ProgressDisplay extends Progress {
  /** Ends the display; steps that still run go on unseen. Call it before writing to the terminal in another way. */
  stop(): void;
}

export interface ProgressOptions {
  stream?: ProgressStream;
  /** Default: `live` in a terminal, unless CI, NO_COLOR or TERM=dumb ask for plain lines. */
  mode?: 'live' | 'lines';
  color?: boolean;
}

const views = { live: liveView, lines: linesView };

/** Starts a display; it needs no care when the process ends, because it changes no setting of the terminal. */
export function createProgress(options: ProgressOptions = {}): ProgressDisplay {
  const {
    stream = process.stderr,
    mode = defaultMode(stream),
    color = Boolean(stream.isTTY) && pc.isColorSupported,
  } = options;
  const view: View = views[mode](stream, pc.createColors(color));
  const origin = Date.now();
  const common: Timing[] = [];
  const lists = new AsyncLocalStorage<Timing[]>();
  const timings = (): Timing[] => lists.getStore() ?? common;
  const inside = new AsyncLocalStorage<RunningStep>();

  return {
    get timings() {
      return timings();
    },
    apart: (work) => lists.run([], work),
    note: (text) => view.note(showControls(redact(text))),
    print: (text) => view.print(showAllButColours(redact(text))),
    stop: () => view.stop(),
    async step(title, { cluster, id, detail }, work) {
      const parent = inside.getStore();
      const step: RunningStep = {
        title,
        cluster,
        detail,
        start: Date.now(),
        depth: parent ? parent.depth + 1 : 0,
        parent,
      };
      view.start(step);
      let error: unknown;
      try {
        return await inside.run(step, work);
      } catch (e) {
        error = e ?? new Error('failed');
        throw e;
      } finally {
        const duration = Date.now() - step.start;
        timings().push({ step: title, id, cluster, start: step.start - origin, duration });
        view.end(step, duration, error);
      }
    },
  };
}

/** Lines come with the colours of the process that wrote them. */
function showAllButColours(text: string): string {
  const parts = text.split(/(\u001b\[[0-9;]*m)/);
  return parts.map((part, i) => (i % 2 ? part : showControls(part))).join('');
}

function defaultMode(stream: ProgressStream): 'live' | 'lines' {
  const { CI, NO_COLOR, TERM } = process.env;
  return stream.isTTY && !CI && !NO_COLOR && TERM !== 'dumb' ? 'live' : 'lines';
}
