import { ProblemsError, type Problem } from '../../src/kernel/errors.js';

/** The problems with which `read` fails. */
export function problemsOf(read: () => unknown): readonly Problem[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ProblemsError) return error.problems;
    throw error;
  }
  throw new Error('no problem was found');
}
