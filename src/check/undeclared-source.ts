import type { Source } from './check.js';

/** A mistake in a check: it reads what it does not say it reads. */
export class UndeclaredSource extends Error {
  override readonly name = 'UndeclaredSource';
  constructor(source: Source) {
    super(`a check reads ${source}, but does not declare it`);
  }
}
