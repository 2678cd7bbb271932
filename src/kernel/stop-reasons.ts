import { asError } from './as-error.js';
import { interruption } from './cancellation.js';
import { exitCode, MeshproofError } from './errors.js';
import { formatDuration } from './text.js';

/** The reason with which work ends after Ctrl-C. */
export class Interrupted extends MeshproofError {
  override readonly name = 'Interrupted';
  constructor(signal: string) {
    super(`interrupted by ${signal}`, exitCode.interrupted);
  }
}

/** True where the work ended because of a signal. */
export function wasInterrupted(): boolean {
  return interruption.signal.aborted && interruption.signal.reason instanceof Interrupted;
}

/** An error that no code caught: it ends the work in order, as Ctrl-C does, and the command with exit code 4. */
export class Uncaught extends MeshproofError {
  override readonly name = 'Uncaught';

  constructor(error: unknown) {
    const known = asError(error, exitCode.environment);
    const { where, expected } = known;
    const remedy = known.remedy ?? 'repeat the command with --debug, and report the output';
    super(known.text(), exitCode.environment, { where, expected, remedy, cause: error });
  }
}

/** The reason with which work ends at the time limit of its command. */
export class TimeIsUp extends MeshproofError {
  override readonly name = 'TimeIsUp';

  constructor(limit: string) {
    super(`the time limit of ${limit} (--max-time) is over`, exitCode.environment, {
      expected: 'an end before the time limit',
      remedy: 'set a longer --max-time, or select fewer behaviours with --only',
    });
  }
}

/** Ends the work in order after so many milliseconds, as Ctrl-C does; returns what takes that back. */
export function endWorkAfter(milliseconds: number | undefined): () => void {
  if (milliseconds === undefined) return () => undefined;
  const timer = setTimeout(() => {
    if (!interruption.signal.aborted) interruption.abort(new TimeIsUp(formatDuration(milliseconds)));
  }, milliseconds);
  timer.unref();
  return () => clearTimeout(timer);
}

/** Why the work ended, where its time was over. */
export function timeIsUp(): TimeIsUp | undefined {
  const { aborted, reason } = interruption.signal as { aborted: boolean; reason: unknown };
  return aborted && reason instanceof TimeIsUp ? reason : undefined;
}

/** Why the work ended, where that was an error that no code caught. */
export function uncaught(): Uncaught | undefined {
  const { aborted, reason } = interruption.signal as { aborted: boolean; reason: unknown };
  return aborted && reason instanceof Uncaught ? reason : undefined;
}
