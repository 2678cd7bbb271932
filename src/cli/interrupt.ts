import { exitCode } from '../kernel/errors.js';
import { Interrupted } from '../kernel/stop-reasons.js';
import { interruption } from '../kernel/cancellation.js';

/**
 * The first SIGINT, SIGTERM or SIGHUP ends the work and lets the command clean up and report; a second SIGINT or SIGTERM ends
 * the process at once, and says what removes the rest.
 */
export function listenForInterrupts(say: (text: string) => void): void {
  let asked = false;
  const handle = (signal: NodeJS.Signals): void => {
    if (asked) {
      say('stopped immediately; `meshproof gc` removes the rest');
      process.exit(exitCode.interrupted);
    }
    asked = true;
    // at the time limit, or after an error that no code caught
    if (interruption.signal.aborted) return say('already cleaning up; a second Ctrl-C stops immediately');
    say('interrupted: cleaning up; a second Ctrl-C stops immediately and leaves the rest to `meshproof gc`');
    interruption.abort(new Interrupted(signal));
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  process.on('SIGHUP', (signal) => {
    // SIGHUP comes twice, from the shell and from the kernel; the second one does not ask for an immediate stop
    if (!interruption.signal.aborted) handle(signal);
  });
}
