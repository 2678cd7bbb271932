import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import path from 'node:path';
import { z } from 'zod';

/** A process, named so that no other process of any machine, container or boot is taken for it. */
export interface Owner {
  pid: number;
  /** Field 22 of /proc/<pid>/stat: clock ticks since boot at which the process started; '' where there is no /proc. */
  processStart: string;
  host: string;
  /** Of the kernel, new at every start of the machine; absent where there is no /proc. */
  boot?: string;
  /** The process ids that the process sees; a container has its own. Absent where there is no /proc. */
  pidNamespace?: string;
}

/** Who works on a run, and whether it lives on without a process. */
export interface Lease extends Owner {
  runId?: string;
  command: string;
  /** `meshproof up` and `--keep` set it when they end well: the run lives on without a process. */
  kept: boolean;
  /** The process gave the run up in order; it lives on only when it is kept. */
  released?: boolean;
}

const leaseSchema: z.ZodType<Lease> = z.object({
  runId: z.string().optional(),
  pid: z.int().positive(),
  processStart: z.string(),
  host: z.string(),
  boot: z.string().optional(),
  pidNamespace: z.string().optional(),
  command: z.string(),
  kept: z.boolean(),
  released: z.boolean().optional(),
});

/**
 * Whether the process that has a lease still runs. `unknown`: it is on another host or in a container that this process
 * cannot look into.
 */
export type OwnerState = 'this' | 'alive' | 'gone' | 'unknown';

/** This process, or one that it has started. */
export function self(pid = process.pid): Owner {
  return {
    pid,
    processStart: processStart(pid),
    host: hostname(),
    boot: tryRead(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    pidNamespace: tryRead(() => readlinkSync('/proc/self/ns/pid')),
  };
}

/** Whether the owner of a lease still runs, as far as this process can tell. */
export function ownerState(owner: Owner, me: Owner = self()): OwnerState {
  const sameKernel = owner.boot !== undefined && owner.boot === me.boot;
  if (!sameKernel) {
    if (owner.host !== me.host) return 'unknown';
    // the same machine since it was started again: every process of then is gone
    if (owner.boot !== undefined && me.boot !== undefined) return 'gone';
  }
  if ((owner.pidNamespace ?? me.pidNamespace) !== me.pidNamespace) return 'unknown';
  if (owner.pid === me.pid && owner.processStart === me.processStart) return 'this';
  return isRunning(owner.pid) && processStart(owner.pid) === owner.processStart ? 'alive' : 'gone';
}

/** The lease of a folder; undefined where there is none that can be read. */
export function readLease(folder: string): Lease | undefined {
  for (;;) {
    const term = lastTerm(folder);
    if (term === undefined) return undefined;
    try {
      return parseLease(readFileSync(path.join(folder, fileOf(term)), 'utf8'));
    } catch (error) {
      // a process that took the lease since has removed it
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

/**
 * Puts a new lease in the place of the one that `mayReplace` has judged, or is not asked about where there is none. Of
 * processes that try at the same time exactly one succeeds, and the others judge its lease. Each lease is a file of its own
 * with a number, made by link(2), which fails where another process was quicker; the highest number counts. `mayReplace`
 * throws to refuse.
 */
export function replaceLease(folder: string, lease: Lease, mayReplace: (current: Lease | undefined) => void): void {
  const part = path.join(folder, `.lease-${lease.pid}-${randomBytes(4).toString('hex')}.part`);
  const file = openSync(part, 'wx', 0o600);
  try {
    writeSync(file, `${JSON.stringify(lease, null, 2)}\n`);
    // after a power cut an empty file would tell nobody whose run it is
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    for (;;) {
      const last = lastTerm(folder);
      if (last !== undefined) mayReplace(readLease(folder));
      // it was replaced while it was judged
      if (lastTerm(folder) !== last) continue;
      const term = last === undefined ? 0 : last + 1;
      if (!linked(part, path.join(folder, fileOf(term)))) continue;
      // a slow process may have linked a number that others have passed and removed meanwhile
      if (lastTerm(folder) === term) {
        for (const old of termsOf(folder)) if (old < term) rmSync(path.join(folder, fileOf(old)), { force: true });
        return;
      }
      rmSync(path.join(folder, fileOf(term)), { force: true });
    }
  } finally {
    rmSync(part, { force: true });
  }
}

const fileOf = (term: number): string => (term === 0 ? 'lease.json' : `lease-${term}.json`);

function termsOf(folder: string): number[] {
  const names = readdirSync(folder);
  return names.flatMap((name) => {
    const [, term] = /^lease(?:-([1-9][0-9]*))?\.json$/.exec(name) ?? [name, 'none'];
    return term === 'none' ? [] : [Number(term ?? 0)];
  });
}

function lastTerm(folder: string): number | undefined {
  const terms = termsOf(folder);
  return terms.length === 0 ? undefined : Math.max(...terms);
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function parseLease(text: string): Lease | undefined {
  try {
    return leaseSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** False also for a process that has ended and that its parent has not asked about yet. */
export function isRunning(pid: number): boolean {
  const [state] = statOf(pid);
  if (state !== undefined) return state !== 'Z' && state !== 'X';
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process started; '' where it is gone, or where there is no /proc. */
function processStart(pid: number): string {
  return statOf(pid)[19] ?? '';
}

/** The fields of /proc/<pid>/stat from the third on, the state; the program's name before them may hold anything. */
function statOf(pid: number): string[] {
  const stat = tryRead(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat === undefined ? [] : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function tryRead(read: () => string): string | undefined {
  try {
    return read().trimEnd();
  } catch {
    return undefined;
  }
}
