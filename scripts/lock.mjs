import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/**
 * Runs `work` while no other process of this machine runs one under the same folder `lock`.
 *
 * The lock is a folder that holds one file named after its owner. It appears by a rename, thus together with the name:
 * a rename onto a folder that is not empty fails, one onto an empty folder (its owner was found dead) succeeds.
 * `onWait` is called once, with the owner's process id, when there is one to wait for.
 */
export async function withLock(lock, onWait, work) {
  mkdirSync(dirname(lock), { recursive: true });
  const own = owner(process.pid);
  const candidate = `${lock}-${own}`;
  mkdirSync(candidate, { recursive: true });
  writeFileSync(join(candidate, own), '');
  try {
    for (let told = false; !tryRename(candidate, lock); await setTimeout(100)) {
      const other = tryRead(() => readdirSync(lock))?.[0];
      if (other === undefined) continue;
      const pid = Number(other.split('-')[0]);
      if (owner(pid) !== other) rmSync(join(lock, other), { force: true });
      else if (!told) told = (onWait(pid), true);
    }
    return await work();
  } finally {
    rmSync(join(lock, own), { force: true });
    rmSync(candidate, { recursive: true, force: true });
  }
}

/** `<pid>-<start time>`, so that a process id that was given out again is not taken for the owner; undefined when it is gone. */
function owner(pid) {
  const stat = tryRead(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // the name in parentheses may hold spaces; the 20th field after it is the start time
  if (stat) return `${pid}-${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  try {
    process.kill(pid, 0);
    return `${pid}-0`;
  } catch (error) {
    return error.code === 'EPERM' ? `${pid}-0` : undefined;
  }
}

function tryRename(from, to) {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (error.code === 'ENOTEMPTY' || error.code === 'EEXIST') return false;
    throw error;
  }
}

function tryRead(read) {
  try {
    return read();
  } catch {
    return undefined;
  }
}
