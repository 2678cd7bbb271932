import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { isRunning, ownerState, readLease, replaceLease, self, type Lease, type OwnerState } from './lease.js';
import { invocation } from '../kernel/invocation.js';
import { markChildren } from '../kernel/child-processes.js';

/** Every run's state, kubeconfigs and generated manifests live below it, readable by their owner only. */
export function stateRoot(): string {
  const base = process.env['XDG_STATE_HOME'] || path.join(homedir(), '.local', 'state');
  return process.env['MESHPROOF_STATE_DIR'] || path.join(base, 'meshproof');
}

const runsFolder = (): string => path.join(stateRoot(), 'runs');

/** Folder of one run. Throws (exit 2) for what is not a valid run id: it would become a path of its own. */
export function runFolder(runId: string): string {
  if (!isRunId(runId)) {
    throw new MeshproofError(`${JSON.stringify(runId)} is not a valid run id`, exitCode.usage, {
      expected: 'ten characters: a letter a-z, then letters a-z and digits',
      remedy: 'list the runs: meshproof status',
    });
  }
  return path.join(runsFolder(), runId);
}

/** What the clusters of a run are given, for its report. */
export function manifestsFolder(runId: string): string {
  return path.join(runFolder(runId), 'manifests');
}

export function kubeconfigPath(runId: string, cluster: string): string {
  return path.join(runFolder(runId), 'kubeconfigs', `${cluster}.yaml`);
}

export function isRunId(text: string): boolean {
  return /^[a-z][a-z0-9]{9}$/.test(text);
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
  takeLease(runId);
  mkdirSync(path.join(folder, 'kubeconfigs'), { recursive: true, mode: 0o700 });
  return folder;
}

/** Who works on a run: `none` when it is kept and nobody does, or when it has no lease. */
export function ownerOf(runId: string): OwnerState | 'none' {
  const lease = leaseOf(runId);
  return lease === undefined || lease.released ? 'none' : ownerState(lease);
}

/** The lease of a run; undefined where there is none. */
export function leaseOf(runId: string): Lease | undefined {
  const folder = runFolder(runId);
  return existsSync(folder) ? readLease(folder) : undefined;
}

/** True while a process works on the run, or may: one of another host or container cannot be looked for from here. */
export function hasLivingOwner(runId: string): boolean {
  return ['this', 'alive', 'unknown'].includes(ownerOf(runId));
}

/** True while a process works on the run, or the run is kept on purpose. */
export function isLive(runId: string): boolean {
  return leaseOf(runId)?.kept === true || hasLivingOwner(runId);
}

export interface TakeOptions {
  /** The run lives on even when this process is killed. */
  kept?: boolean;
  /** Also from a process that cannot be looked for from here. */
  force?: boolean;
}

/**
 * Takes over a run that nobody works on; this process's children are the run's from now on. Of processes that try at the
 * same time one has it. Returns the lease before; throws (exit 3) while another process works on the run, or may.
 */
export function takeLease(runId: string, { kept = false, force = false }: TakeOptions = {}): Lease | undefined {
  const folder = runFolder(runId);
  const lease = newLease(runId, kept);
  markChildren(runId);
  let before: Lease | undefined;
  const mayReplace = (current: Lease | undefined): void => {
    before = current;
    const state = current === undefined ? 'unknown' : current.released ? 'gone' : ownerState(current);
    const who = current
      ? `process ${current.pid} (meshproof ${current.command})`
      : 'a process, and its lease is damaged';
    if (state === 'alive') throw inUse(runId, who);
    if (state === 'unknown' && !force) throw inUse(runId, who, current?.host ?? folder);
  };
  for (;;) {
    if (!existsSync(folder) && makeRunFolder(folder, lease)) return undefined;
    if (!isRun(runId)) throw notARun(folder);
    try {
      replaceLease(folder, lease, mayReplace);
      return before;
    } catch (error) {
      // the process that had it has removed the run
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || existsSync(folder)) throw error;
    }
  }
}

/** Gives up a run that lives on without a process. Does nothing where another process has taken it by force. */
export function releaseLease(runId: string): void {
  const mine = (lease: Lease | undefined): boolean => lease !== undefined && ownerState(lease) === 'this';
  if (!mine(leaseOf(runId))) return;
  replaceLease(runFolder(runId), { ...newLease(runId, true), released: true }, (current) => {
    if (!mine(current)) throw inUse(runId, 'another process, which took it with --force');
  });
}

function newLease(runId: string, kept: boolean): Lease {
  return { ...self(), runId, command: invocation().join(' '), kept };
}

function inUse(runId: string, who: string, elsewhere?: string): MeshproofError {
  const details = elsewhere
    ? {
        where: elsewhere,
        expected: 'a process that can be checked from here',
        remedy: `if nobody uses it: meshproof down ${runId} --force`,
      }
    : { remedy: 'wait for it to end, or stop it with Ctrl-C, then try again' };
  return new MeshproofError(`run ${runId} is in use by ${who}`, exitCode.preflight, details);
}

function notARun(folder: string): MeshproofError {
  return new MeshproofError('the folder has neither a lease nor a state file of meshproof', exitCode.usage, {
    where: folder,
    expected: 'the folder of a run',
    remedy: 'inspect it; meshproof changes nothing in it',
  });
}

/** Ids of every run that left a folder; a folder or file that is not a run is left out, whatever its name. */
export function listRuns(): string[] {
  return existsSync(runsFolder()) ? readdirSync(runsFolder()).filter(isRun).sort() : [];
}

/** True for the folder of a run: it has a lease or a state file of ours in it. */
function isRun(name: string): boolean {
  if (!isRunId(name)) return false;
  try {
    const lease = readLease(runFolder(name));
    if (lease && (lease.runId ?? name) === name) return true;
    return (JSON.parse(readFileSync(stateFile(name), 'utf8')) as { runId?: unknown } | null)?.runId === name;
  } catch {
    return false;
  }
}

export function stateFile(runId: string): string {
  return path.join(runFolder(runId), 'state.json');
}

/** Of folders that appear or go as a whole, until they have, or when their process was killed before. */
const unfinished = '.unfinished-';

/** Makes the run's folder with its lease in it, both at once. False where another process was quicker. */
function makeRunFolder(folder: string, lease: Lease): boolean {
  const part = unfinishedFolder(folder);
  mkdirSync(part, { recursive: true, mode: 0o700 });
  try {
    replaceLease(part, lease, () => {});
    renameSync(part, folder);
    return true;
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOTEMPTY', 'EEXIST'].includes(code)) return false;
    throw error;
  }
}

/** Forgets a run; its clusters and network must be gone already. A kill in the middle leaves nothing that looks like a run. */
export function removeRun(runId: string): void {
  const folder = runFolder(runId);
  if (!existsSync(folder)) return;
  const part = unfinishedFolder(folder);
  renameSync(folder, part);
  rmSync(part, { recursive: true, force: true });
}

function unfinishedFolder(folder: string): string {
  const unique = `${process.pid}-${randomBytes(4).toString('hex')}`;
  return path.join(path.dirname(folder), `${unfinished}${path.basename(folder)}-${unique}`);
}

/** Removes what processes that were killed have left of folders that they were making or removing. */
export function removeUnfinished(): void {
  if (!existsSync(runsFolder())) return;
  for (const name of readdirSync(runsFolder())) {
    const [, pid] = /^\.unfinished-[a-z][a-z0-9]{9}-(\d+)-[0-9a-f]{8}$/.exec(name) ?? [];
    if (pid === undefined || isRunning(Number(pid))) continue;
    rmSync(path.join(runsFolder(), name), { recursive: true, force: true });
  }
  // a suite that was killed has left what its processes told each other
  for (const id of listRuns()) if (ownerOf(id) === 'gone') rmSync(sharedSecretsFile(id), { force: true });
}

/** Where the processes of a suite tell each other the secrets that reports must not hold; there only while one runs. */
export function sharedSecretsFile(runId: string): string {
  return path.join(runFolder(runId), 'secrets.jsonl');
}

/** What the engine tells the processes of a suite; there only while one runs. */
export function sessionFile(runId: string): string {
  return path.join(runFolder(runId), 'session.json');
}
