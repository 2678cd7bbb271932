import { exitCode, MeshproofError } from './errors.js';

/** Causes that a user can remove, by the error code of the operating system. */
const causes: Record<string, { why: string; remedy: string }> = {
  ENOSPC: { why: 'no space is left on the device', remedy: 'free space there, then try again' },
  EDQUOT: { why: 'the disk quota is used up', remedy: 'free space there or raise the quota, then try again' },
  EFBIG: { why: 'the file is larger than is allowed', remedy: 'raise the limit (ulimit -f), then try again' },
  EROFS: { why: 'the file system is read-only', remedy: 'work in a folder that can be written' },
  EACCES: { why: 'permission denied', remedy: 'give this user the right to write there, or work in another folder' },
  EPERM: { why: 'the operation is not permitted', remedy: 'work in a folder that this user may write' },
  ENOENT: { why: 'the folder does not exist', remedy: 'make the folder, then try again' },
  ENOTDIR: { why: 'a part of the path is not a folder', remedy: 'move that file away, or name another path' },
  EISDIR: { why: 'it is a folder', remedy: 'name a file' },
  EMFILE: { why: 'too many files are open', remedy: 'raise the limit (ulimit -n), then try again' },
};

/** That a file cannot be written, with its path, the cause and the remedy; exit code 4. An error of the product stays as it is. */
export function fileProblem(error: unknown, file: string): MeshproofError {
  if (error instanceof MeshproofError) return error;
  const { code = '', message = String(error) } = error as NodeJS.ErrnoException;
  const cause = causes[code];
  const why = cause ? `${cause.why} (${code})` : message;
  // the path is part of the message, which is all that a test runner keeps of an error
  return new MeshproofError(`${file} cannot be written: ${why}`, exitCode.environment, {
    remedy: cause?.remedy,
    cause: error,
  });
}
