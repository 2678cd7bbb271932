import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import path from 'node:path';
import { exitCode, MeshproofError } from '../topology/errors.js';
import { markChildren } from './processes.js';
import type { MeshState } from './state.js';

/** Who owns a run: a process, known by its id and its start so that a reused id is not mistaken for it. */
export interface Lease {
  pid: number;
  /** Field 22 of /proc/<pid>/stat: clock ticks since boot at which the process started; '' where there is no /proc. */
  processStart: string;
  host: string;
  command: string;
  /** `meshproof up` and `--keep` set it when they end well: the run lives on without a process. */
  kept: boolean;
}

/** Every run's state, kubeconfigs and generated manifests live below it, readable by their owner only. */
export function stateRoot(): string {
  const base = process.env['XDG_STATE_HOME'] || path.join(homedir(), '.local', 'state');
  return process.env['MESHPROOF_STATE_DIR'] || path.join(base, 'meshproof');
}

/** Folder of one run. */
export function runFolder(runId: string): string {
  return path.join(stateRoot(), 'runs', runId);
}

/** What the clusters of a run are given, for its report. */
export function manifestsFolder(runId: string): string {
  return path.join(runFolder(runId), 'manifests');
}

/** 10 characters [a-z0-9], the first a letter: short enough for container names, 36^9 values. */
export function newRunId(): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  const all = letters + '0123456789';
  const [first, ...rest] = randomBytes(10);
  return letters[first! % letters.length] + rest.map((byte) => all[byte % all.length]).join('');
}

/** Makes the run's folder and takes its lease. */
export function createRun(runId: string): string {
  const folder = runFolder(runId);
  mkdirSync(path.join(folder, 'kubeconfigs'), { recursive: true, mode: 0o700 });
  writeLease(runId, false);
  return folder;
}

/**
 * Takes the lease of a run for this process, whose children are the run's from now on; `kept` true gives it up without
 * ending the run.
 */
export function writeLease(runId: string, kept: boolean): void {
  markChildren(runId);
  const lease: Lease = {
    pid: process.pid,
    processStart: processStart(process.pid),
    host: hostname(),
    command: process.argv.slice(2).join(' '),
    kept,
  };
  mkdirSync(runFolder(runId), { recursive: true, mode: 0o700 });
  writeAtomically(path.join(runFolder(runId), 'lease.json'), lease);
}

/** True while the process that took the lease runs, or the run is kept on purpose. */
export function isLive(runId: string): boolean {
  const lease = readJson<Lease>(path.join(runFolder(runId), 'lease.json'));
  if (!lease) return false;
  return lease.kept || hasLivingOwner(runId);
}

/** True while a process works on the run. A lease of another host counts as living: it cannot be checked from here. */
export function hasLivingOwner(runId: string): boolean {
  const lease = readJson<Lease>(path.join(runFolder(runId), 'lease.json'));
  if (!lease) return false;
  if (lease.host !== hostname()) return true;
  try {
    process.kill(lease.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return processStart(lease.pid) === lease.processStart;
}

/**
 * Takes over a run that is kept or whose owner is gone; with `kept` it lives on even when this process is killed.
 * Throws (exit 3) while another process works on it.
 */
export function takeLease(runId: string, kept = false): void {
  const lease = readJson<Lease>(path.join(runFolder(runId), 'lease.json'));
  if (lease && lease.pid !== process.pid && hasLivingOwner(runId)) {
    throw new MeshproofError(
      `run ${runId} is in use by process ${lease.pid} (meshproof ${lease.command})`,
      exitCode.preflight,
      {
        remedy: 'wait for it to end, or end it with Ctrl-C, then try again',
      },
    );
  }
  writeLease(runId, kept);
}

/** Ids of every run that left a folder. */
export function listRuns(): string[] {
  const folder = path.join(stateRoot(), 'runs');
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

export function stateFile(runId: string): string {
  return path.join(runFolder(runId), 'state.json');
}

export function readState(runId: string): MeshState | undefined {
  return readJson<MeshState>(stateFile(runId));
}

export function writeState(state: MeshState): void {
  writeAtomically(stateFile(state.runId), state);
}

/** Forgets a run; its clusters and network must be gone already. */
export function removeRun(runId: string): void {
  rmSync(runFolder(runId), { recursive: true, force: true });
}

function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    // a file that is missing or was cut short by a crash before its rename says nothing about the run
    return undefined;
  }
}

function writeAtomically(file: string, value: unknown): void {
  const part = `${file}.${process.pid}.part`;
  writeFileSync(part, JSON.stringify(value, null, 2) + '\n', { mode: 0o600 });
  renameSync(part, file);
}

function processStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // the program's name, in parentheses, may hold spaces; field 22 is the 20th after it
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
