import { MeshproofError, type ExitCode } from './errors.js';
import { systemError } from './system-error.js';

/** Any thrown value as an error of the product; one that is not meant for users keeps its stack as the cause. */
export function asError(error: unknown, code: ExitCode): MeshproofError {
  if (error instanceof MeshproofError) return error;
  const system = systemError(error, code);
  if (system) return system;
  const message = error instanceof Error ? error.message : String(error);
  return new MeshproofError(message || 'failed without a message', code, { cause: error });
}
