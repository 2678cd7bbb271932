import { interruption } from '../kernel/cancellation.js';
import { Uncaught } from '../kernel/stop-reasons.js';

/** Lets a command clean up and report after an error that no code caught, instead of ending the process in the middle. */
export function listenForUncaught(say: (text: string) => void): void {
  const handle = (thrown: unknown): void => {
    const error = new Uncaught(thrown);
    say(error.describe());
    if (interruption.signal.aborted) return;
    say('cleaning up; Ctrl-C stops immediately and leaves the rest to `meshproof gc`');
    interruption.abort(error);
  };
  process.on('uncaughtException', handle);
  process.on('unhandledRejection', handle);
}
