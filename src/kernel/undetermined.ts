import { redact } from './secrets/redact.js';
import { exitCode, MeshproofError, type ErrorDetails } from './errors.js';

/**
 * The test could not tell: an exec that failed, an API server that is away, no state file. Never a statement about the mesh.
 * The message itself starts with `Undetermined:` because a test runner's report keeps the message and not the class.
 */
export class Undetermined extends MeshproofError {
  // empty, or the runner would print the word twice
  override readonly name = '';

  constructor(message: string, details: ErrorDetails = {}) {
    super(`Undetermined: ${redact(message)}`, exitCode.environment, details);
  }
}

/** What an error says, without the word that an Undetermined begins with. */
export function reasonOf({ message }: Error): string {
  return message.replace(/^Undetermined: /, '');
}

/** Runs `ask`; whatever it throws (other than an Undetermined) becomes one that says what was being done. */
export async function orUndetermined<T>(doing: string, where: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Undetermined) throw error;
    const why =
      error instanceof MeshproofError ? error.describe() : error instanceof Error ? error.message : String(error);
    throw new Undetermined(`${where}: ${doing}: ${why}`, { where, cause: error });
  }
}
