import { interruption } from '../kernel/cancellation.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { asError } from './failure-text.js';

/** An error that no code caught: it ends the work in order, as Ctrl-C does, and the command with exit code 4. */
export class Uncaught extends MeshproofError {
  override readonly name = 'Uncaught';

  constructor(error: unknown) {
    const known = asError(error, exitCode.environment);
    const { where, expected } = known;
    const remedy = known.remedy ?? 'run the same with --debug, which shows where it comes from, and report it';
    super(known.text(), exitCode.environment, { where, expected, remedy, cause: error });
  }
}

/** Why the work ended, where that was an error that no code caught. */
export function uncaught(): Uncaught | undefined {
  const { aborted, reason } = interruption.signal as { aborted: boolean; reason: unknown };
  return aborted && reason instanceof Uncaught ? reason : undefined;
}

/** Lets a command clean up and report after an error that no code caught, instead of ending the process in the middle. */
export function listenForUncaught(say: (text: string) => void): void {
  const handle = (thrown: unknown): void => {
    const error = new Uncaught(thrown);
    say(error.describe());
    if (interruption.signal.aborted) return;
    say('cleaning up; Ctrl-C stops at once and leaves the rest to `meshproof gc`');
    interruption.abort(error);
  };
  process.on('uncaughtException', handle);
  process.on('unhandledRejection', handle);
}
