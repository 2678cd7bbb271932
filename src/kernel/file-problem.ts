import { exitCode, MeshproofError } from './errors.js';
import { systemCodes } from './system-codes.js';

/** The error for a file that cannot be written, with its path, the cause and the remedy; exit code 4. An error of the product stays as it is. */
export function fileProblem(error: unknown, file: string): MeshproofError {
  if (error instanceof MeshproofError) return error;
  const { code = '', message = String(error) } = error as NodeJS.ErrnoException;
  const cause = systemCodes[code];
  const why = cause ? `${cause.why} (${code})` : message;
  // the path is part of the message, which is all that a test runner keeps of an error
  return new MeshproofError(`${file} cannot be written: ${why}`, exitCode.environment, {
    remedy: cause?.remedy,
    cause: error,
  });
}
