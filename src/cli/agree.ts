import { createInterface } from 'node:readline/promises';
import type { Agree } from '../engine/progress.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';

/** What answers the questions of the lab. */
export interface Consent {
  yes?: boolean;
}

/** Asks at the terminal; `--yes` answers every question. */
export function agreeWith(flags: Consent): Agree {
  return (what, list) => agree(what, list, flags);
}

/** Asks whether to go on; only --yes answers it without. Throws (exit 2 or 3) when nobody can answer, or the answer is no. */
export async function agree(what: string, list: readonly string[], flags: Consent): Promise<void> {
  const text = `${what}:\n${list.map((line) => `  - ${line}\n`).join('')}`;
  if (flags.yes) return;
  if (!process.stdin.isTTY) {
    throw new MeshproofError(`confirmation needed, but stdin is not a terminal; ${text.trimEnd()}`, exitCode.usage, {
      remedy: 'to agree, add --yes',
    });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${text}Go on? [y/N] `);
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    terminal.close();
  }
  throw new MeshproofError('stopped: you answered no', exitCode.preflight);
}
