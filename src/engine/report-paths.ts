import path from 'node:path';

/** Where Playwright's workers leave the spans of their child processes, until the record is made. */
export const spansFile = 'spans.jsonl';

/** Reports are kept here, one folder a run, below the folder where the command is given. */
export function reportsFolder(): string {
  return path.resolve('reports');
}
