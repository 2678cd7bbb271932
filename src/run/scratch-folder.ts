import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { isRunning } from './lease.js';

/** Milliseconds without a change after which the folder of a process that does not run here is abandoned: it may run in a container. */
const abandonedAfter = 3600 * 1000;

/**
 * Gives `work` a folder of its own, `<prefix><pid>-XXXXXX`, and removes it when `work` ends. Files can be renamed from it to their
 * places beside it. Folders of the same prefix that killed processes left behind are removed first.
 */
export async function inScratchFolder<T>(prefix: string, work: (folder: string) => Promise<T>): Promise<T> {
  await removeAbandoned(prefix);
  const folder = await mkdtemp(`${prefix}${process.pid}-`);
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function removeAbandoned(prefix: string): Promise<void> {
  const beside = path.dirname(prefix);
  const start = path.basename(prefix);
  for (const name of await readdir(beside)) {
    if (!name.startsWith(start)) continue;
    const [, pid] = /^(\d+)-\w{6}$/.exec(name.slice(start.length)) ?? [];
    if (pid === undefined || isRunning(Number(pid))) continue;
    const folder = path.join(beside, name);
    const changed = await stat(folder).catch(() => undefined);
    if (changed && Date.now() - changed.mtimeMs > abandonedAfter) await rm(folder, { recursive: true, force: true });
  }
}
