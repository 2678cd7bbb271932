import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { converge } from '../kernel/converge.js';
import { writeAtomically } from '../kernel/files.js';
import type { Outcomes } from './look.js';

/** Milliseconds after which a lock is taken to be that of a process that was killed. */
const longest = 30_000;

/** A look as it is shared. */
interface Shared {
  /** When its last observation ended. */
  endedAt: number;
  outcomes: [string, unknown][];
}

/**
 * A look at a mesh that several processes share by a file: one that ended after `since` is as good as one's own, and while somebody
 * looks, others wait for it. Without a folder everybody looks for himself.
 */
export async function sharedLook(
  folder: string | undefined,
  topology: string,
  since: number,
  look: () => Promise<Outcomes>,
): Promise<Outcomes> {
  if (!folder) return look();
  const file = path.join(folder, `.look-${topology}.json`);
  const lock = `${file}.lock`;
  mkdirSync(folder, { recursive: true });
  let mine = false;
  let found: Outcomes | undefined;
  const turn = async (): Promise<boolean> => {
    found = readLook(file, since);
    mine = found === undefined && take(lock);
    return mine || found !== undefined;
  };
  const check = (ready: boolean) =>
    ready ? ({ ok: true } as const) : { ok: false as const, expected: 'a look that has ended', got: 'one under way' };
  await converge(turn, check, { timeout: 2 * longest, interval: 100, backoff: 1 });
  if (found) return found;
  try {
    const outcomes = await look();
    const shared: Shared = { endedAt: Date.now(), outcomes: [...outcomes] };
    await writeAtomically(file, JSON.stringify(shared));
    return outcomes;
  } finally {
    rmSync(lock, { force: true });
  }
}

function readLook(file: string, since: number): Outcomes | undefined {
  try {
    const { endedAt, outcomes } = JSON.parse(readFileSync(file, 'utf8')) as Shared;
    return endedAt > since ? (new Map(outcomes) as unknown as Outcomes) : undefined;
  } catch {
    // nobody has looked yet
    return undefined;
  }
}

/** Takes the lock, unless somebody has it. */
function take(lock: string): boolean {
  try {
    if (Date.now() - statSync(lock).mtimeMs > longest) rmSync(lock, { force: true });
  } catch {
    // nobody has it
  }
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}
