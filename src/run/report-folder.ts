import { existsSync, rmSync, utimesSync } from 'node:fs';
import { chmod, cp, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { self } from './lease.js';
import { systemCodes } from '../kernel/system-codes.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { privateFolder, removeAbandonedReports, removeEmpty, removeFolder } from './abandoned-reports.js';
import { ownVersion } from '../kernel/own-version.js';
import { scanForSecrets, type Leak } from '../kernel/secrets/secret-scan.js';

/**
 * A report while it is made. It is written into a private folder, searched for secrets, and only then gets its name below
 * `reports/`: nothing lies there that was not searched, however the process ends. A report with a secret in it goes to
 * `refused/` beside it.
 */
export class ReportFolder {
  /** Where the report is written. */
  readonly dir: string;
  /** The program that began the report. */
  readonly meshproof = ownVersion();
  private readonly owner: string;
  private readonly onExit = (): void => this.discard();
  private renewal?: NodeJS.Timeout;

  private constructor(
    /** The folder of all reports. */
    private readonly root: string,
    readonly id: string,
  ) {
    this.dir = join(privateFolder(root), id);
    this.owner = `${this.dir}.json`;
  }

  /** Makes the private folder; removes those that processes which are gone have left. Throws where there is a report `id`. */
  static async open(root: string, id: string): Promise<ReportFolder> {
    if (!/^[\w.-]+$/.test(id) || id.startsWith('.')) {
      throw new MeshproofError(`run id ${JSON.stringify(id)} is not a valid folder name`, exitCode.usage, {
        expected: 'letters, digits, dots, dashes and underscores, without a leading dot',
      });
    }
    const report = new ReportFolder(root, id);
    if (existsSync(join(root, id))) throw report.exists();
    await report.make().catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST' && error.path === report.owner) throw report.exists();
      const why = systemCodes[error.code ?? '']?.why ?? error.message;
      throw new MeshproofError(`cannot create a report: ${why}`, exitCode.environment, {
        where: error.path ?? report.dir,
        expected: 'a writable folder, and free disk space',
        remedy: 'run the command in another folder, or free space in this one',
        cause: error,
      });
    });
    // also of a second Ctrl-C
    process.once('exit', report.onExit);
    report.renewal = setInterval(() => renew(report.owner), renewalInterval).unref();
    return report;
  }

  /**
   * Searches the report for secrets and gives it its name. Throws (exit 6) when there is a secret in it: then the report is in
   * `refused/`, which is not for passing on, or is removed where it cannot be moved there.
   */
  async publish(): Promise<void> {
    const leaks = await scanForSecrets(this.dir);
    if (leaks.length > 0) throw await this.refuse(leaks);
    const target = join(this.root, this.id);
    if (existsSync(target)) throw this.exists();
    await chmod(this.dir, (await stat(this.root)).mode & 0o777);
    try {
      await move(this.dir, target);
    } catch (error) {
      // it was searched, and has cost its time: it is kept under a name that no run removes
      const kept = join(dirname(this.root), `report-${this.id}`);
      await rename(this.dir, kept);
      throw new MeshproofError(`cannot move the report: ${(error as Error).message}`, exitCode.environment, {
        where: relative(process.cwd(), target),
        remedy: `free space on that disk, then move the report there from ${relative(process.cwd(), kept)}`,
        cause: error,
      });
    }
    this.discard();
  }

  /** Removes what was not published; nothing once it was. */
  discard(): void {
    process.removeListener('exit', this.onExit);
    clearInterval(this.renewal);
    // the folder goes first: without its owner's file it belongs to no process
    removeFolder(this.dir);
    rmSync(this.owner, { force: true });
    removeEmpty(privateFolder(this.root));
  }

  private async make(tries = 3): Promise<void> {
    await mkdir(this.root, { recursive: true });
    removeAbandonedReports(this.root);
    await mkdir(privateFolder(this.root), { recursive: true, mode: 0o700 });
    try {
      await writeFile(this.owner, JSON.stringify(self()), { flag: 'wx', mode: 0o600 });
    } catch (error) {
      // another process has just removed the folder, because its report was the last one in it
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' && tries > 0) return this.make(tries - 1);
      throw error;
    }
    await mkdir(this.dir, { mode: 0o700 });
  }

  private async refuse(leaks: readonly Leak[]): Promise<MeshproofError> {
    const folder = join(dirname(this.root), 'refused');
    const names = [this.id, ...Array.from({ length: 99 }, (_, i) => `${this.id}-${i + 2}`)];
    let where: string | undefined;
    let remedy = 'do not share this folder; find the source of the secret, then delete the folder';
    try {
      await mkdir(folder, { recursive: true });
      await chmod(folder, 0o700);
      const name = names.find((one) => !existsSync(join(folder, one)))!;
      await move(this.dir, join(folder, name));
      where = join('refused', name);
    } catch (error) {
      remedy = `the report was deleted, because moving it to refused/ failed (${(error as Error).message}); find the source of the secret`;
    }
    this.discard();
    return new MeshproofError(`secrets in the report: ${describeLeaks(leaks)}`, exitCode.gate, {
      where,
      expected: 'a report without private keys, tokens or other secrets',
      remedy,
    });
  }

  private exists(): MeshproofError {
    return new MeshproofError('a report with this run id exists already', exitCode.usage, {
      where: join(this.root, this.id),
      remedy: 'choose another run id, or move the folder away',
    });
  }
}

/** Makes a report by `work`, which publishes it; what it has not published is removed. */
export async function withReport<T>(root: string, id: string, work: (report: ReportFolder) => Promise<T>): Promise<T> {
  const report = await ReportFolder.open(root, id);
  try {
    return await work(report);
  } catch (error) {
    if (!['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    throw new MeshproofError(`cannot write the report: ${(error as Error).message}`, exitCode.environment, {
      where: relative(process.cwd(), report.dir),
      expected: 'free disk space, about 20 MB for each topology',
      remedy: 'free some space, or run the command in a folder on another disk',
      cause: error,
    });
  } finally {
    report.discard();
  }
}

/** The path that a file of a report has once the report is published. */
export function publishedPath(file: string): string {
  return file
    .split(sep)
    .map((part) => part.replace(/^\.partial-/, ''))
    .join(sep);
}

/** Milliseconds between two renewals of an owner's file. */
const renewalInterval = 3600 * 1000;

/** Shows processes that cannot look for this one that it still works on its report. */
function renew(ownerFile: string): void {
  try {
    utimesSync(ownerFile, new Date(), new Date());
  } catch {
    // the next renewal tries again
  }
}

/** Moves a folder, all of it or nothing; from one file system to another too. */
async function move(from: string, to: string): Promise<void> {
  try {
    return await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
  }
  const part = join(dirname(to), `.${basename(to)}.part`);
  try {
    await cp(from, part, { recursive: true, preserveTimestamps: true });
    await rename(part, to);
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw error;
  }
  await rm(from, { recursive: true, force: true });
}

/** The first of them in a line; a report that is one big leak would fill a screen. */
export function describeLeaks(leaks: readonly Leak[]): string {
  const shown = leaks.slice(0, 10).map(({ path, what }) => `${what} in ${path}`);
  return [...shown, ...(leaks.length > shown.length ? [`and ${leaks.length - shown.length} more`] : [])].join('; ');
}
