import type { Colors } from 'picocolors/types.js';
import { redact } from '../kernel/secrets/redact.js';
import { showControls } from '../kernel/control-characters.js';

/** The part of a terminal or file that a display needs. */
export interface ProgressStream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
  rows?: number;
}

/** A step that runs. Milliseconds since the epoch. */
export interface RunningStep {
  title: string;
  cluster?: string;
  /** How far it is. */
  detail?: () => string;
  start: number;
  depth: number;
  parent?: RunningStep;
}

/** One way of showing steps. */
export interface View {
  start(step: RunningStep): void;
  /** `duration` in milliseconds; `error` undefined: it went well. */
  end(step: RunningStep, duration: number, error: unknown): void;
  note(text: string): void;
  /** Lines that are already formatted, such as the verdicts of behaviours. */
  print(text: string): void;
  stop(): void;
}

type MakeView = (stream: ProgressStream, colors: Colors) => View;

/** Silence after which a plain display says what is being waited for. */
const silence = 15_000;

/** Plain lines with UTC times, for pipes, files and CI. */
export const linesView: MakeView = (stream, colors) => {
  const write = (word: string, text: string, paint = (s: string) => s) =>
    stream.write(`${clock()} ${paint(word.padEnd(6))} ${text}\n`);
  const { running, said, stop } = watchSilence((steps) => {
    const names = steps.map(
      (step) => `${nameOf(step)}${detailOf(step)} (${Math.round((Date.now() - step.start) / 1000)} s)`,
    );
    write('wait', `still waiting for ${names.join(', ')}`, colors.dim);
  });
  return {
    start(step) {
      running.add(step);
      write('start', nameOf(step));
      said();
    },
    end(step, duration, error) {
      running.delete(step);
      const text = `${nameOf(step)} (${seconds(duration)})`;
      if (error === undefined) write('done', text, colors.green);
      else write('failed', `${text}: ${firstLine(error)}`, colors.red);
      said();
    },
    note(text) {
      write('note', text, colors.cyan);
      said();
    },
    print(text) {
      for (const line of text.split('\n')) stream.write(`${clock()} ${line}\n`);
      said();
    },
    stop,
  };
};

const frames = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'];

/**
 * Finished steps scroll by, running ones stay below them with their durations. The cursor is never hidden and no other
 * setting of the terminal is changed, so there is nothing to restore, not even after kill -9.
 */
export const liveView: MakeView = (stream, colors) => {
  const running = new Set<RunningStep>();
  let drawn = 0;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  /** Replaces the lines of running steps, after `above`, which stays. */
  const draw = (above = '') => {
    const up = drawn > 0 ? `\u001b[${drawn}A` : '';
    const lines = stopped ? [] : liveLines([...running], stream, colors);
    drawn = lines.length;
    stream.write(`${up}\r\u001b[J${above}${lines.map((line) => `${line}\n`).join('')}`);
  };
  return {
    start(step) {
      running.add(step);
      if (stopped) return;
      draw();
      timer ??= setInterval(draw, 125).unref();
    },
    end(step, duration, error) {
      running.delete(step);
      if (stopped) return;
      const time = colors.dim(`(${seconds(duration)})`);
      const mark = error === undefined ? colors.green('✔') : colors.red('✖');
      draw(`${mark} ${nameOf(step)} ${time}${error === undefined ? '' : colors.red(`: ${firstLine(error)}`)}\n`);
      if (running.size === 0) {
        clearInterval(timer);
        timer = undefined;
      }
    },
    note: (text) => draw(`${colors.cyan('i')} ${text}\n`),
    print: (text) => draw(`${text}\n`),
    stop() {
      if (stopped) return;
      stopped = true;
      clearInterval(timer);
      draw();
    },
  };
};

/** The running steps, each below the one that it is part of, cut to the size of the terminal. */
function liveLines(steps: RunningStep[], stream: ProgressStream, colors: Colors): string[] {
  const now = Date.now();
  const ordered: RunningStep[] = [];
  const add = (parent: RunningStep | undefined) => {
    for (const step of steps.filter((s) => s.parent === parent)) {
      ordered.push(step);
      add(step);
    }
  };
  add(undefined);
  const room = Math.max(1, (stream.rows ?? 24) - 2);
  const shown = ordered.length > room ? ordered.slice(0, room - 1) : ordered;
  const frame = frames[Math.floor(now / 125) % frames.length] ?? '';
  const lines = shown.map((step) => {
    const time = ` (${Math.floor((now - step.start) / 1000)} s)`;
    const name = `${'  '.repeat(step.depth)}${nameOf(step)}${detailOf(step)}`.slice(
      0,
      Math.max(0, (stream.columns ?? 80) - time.length - 3),
    );
    return `${colors.yellow(frame)} ${name}${colors.dim(time)}`;
  });
  if (shown.length < ordered.length) lines.push(colors.dim(`  and ${ordered.length - shown.length} more`));
  return lines;
}

/** Calls `say` with the innermost running steps whenever nothing was said for `silence`. */
function watchSilence(say: (steps: RunningStep[]) => void) {
  const running = new Set<RunningStep>();
  const timer = setInterval(() => {
    const inner = [...running].filter((step) => ![...running].some((other) => other.parent === step));
    if (inner.length > 0) say(inner);
  }, silence).unref();
  return { running, said: () => void timer.refresh(), stop: () => clearInterval(timer) };
}

function nameOf(step: RunningStep): string {
  return step.cluster ? `${step.cluster} ${step.title}` : step.title;
}

function detailOf(step: RunningStep): string {
  const detail = step.detail?.();
  return detail ? `: ${showControls(detail)}` : '';
}

/** Time of day, UTC. */
function clock(): string {
  return new Date().toISOString().slice(11, 19);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function firstLine(error: unknown): string {
  return showControls(redact(error instanceof Error ? error.message : String(error))).split('\n')[0] ?? '';
}
