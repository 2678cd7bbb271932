import path from 'node:path';
import { MeshproofError, type ExitCode } from './errors.js';
import { systemCodes } from './system-codes.js';

/** What was tried, by the system call. */
const attempts: Record<string, string> = {
  mkdir: 'the folder cannot be made',
  mkdtemp: 'a folder beside it cannot be made',
  open: 'the file cannot be opened',
  read: 'the file cannot be read',
  write: 'a file cannot be written',
  rename: 'the file cannot be given its name',
  copyfile: 'the file cannot be copied',
  unlink: 'the file cannot be removed',
  rm: 'the folder cannot be removed',
  rmdir: 'the folder cannot be removed',
  scandir: 'the folder cannot be read',
  stat: 'the file cannot be looked at',
  lstat: 'the file cannot be looked at',
};

/** An error of the file system as one of the product: what was tried, where, why it failed, what to do. Undefined for any other. */
export function systemError(error: unknown, code: ExitCode): MeshproofError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code: name = '', syscall = '', path: file, dest } = error as NodeJS.ErrnoException & { dest?: string };
  if (syscall === 'uv_cwd')
    return new MeshproofError('the working directory does not exist any more', code, {
      remedy: 'change to a folder that exists, then try again',
      cause: error,
    });
  const [attempt, meaning] = [attempts[syscall], systemCodes[name]];
  if (attempt === undefined || meaning === undefined) return undefined;
  return new MeshproofError(`${attempt}: ${meaning.why}`, code, {
    where:
      [file, dest]
        .filter(Boolean)
        .map((one) => path.resolve(one!))
        .join(' -> ') || undefined,
    remedy: meaning.remedy,
    cause: error,
  });
}
