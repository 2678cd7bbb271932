import path from 'node:path';
import { MeshproofError, type ExitCode } from './errors.js';
import { systemCodes } from './system-codes.js';

/** What was tried, by the system call. */
const attempts: Record<string, string> = {
  mkdir: 'cannot create the folder',
  mkdtemp: 'cannot create a folder next to it',
  open: 'cannot open the file',
  read: 'cannot read the file',
  write: 'cannot write a file',
  rename: 'cannot rename the file',
  copyfile: 'cannot copy the file',
  unlink: 'cannot remove the file',
  rm: 'cannot remove the folder',
  rmdir: 'cannot remove the folder',
  scandir: 'cannot read the folder',
  stat: 'cannot inspect the file',
  lstat: 'cannot inspect the file',
};

/** An error of the file system as one of the product: what was tried, where, why it failed, what to do. Undefined for any other. */
export function systemError(error: unknown, code: ExitCode): MeshproofError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code: name = '', syscall = '', path: file, dest } = error as NodeJS.ErrnoException & { dest?: string };
  if (syscall === 'uv_cwd')
    return new MeshproofError('the working directory no longer exists', code, {
      remedy: 'change to an existing folder, then try again',
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
