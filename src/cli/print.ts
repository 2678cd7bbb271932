import type { GlobalOptions } from './global-options.js';

/** Writes data or text to stdout, whichever was asked for. */
export function print(options: GlobalOptions, data: unknown, text: string): void {
  process.stdout.write(`${options.output === 'json' ? JSON.stringify(data, null, 2) : text.trimEnd()}\n`);
}
