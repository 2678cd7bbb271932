import path from 'node:path';
import { asShown } from '../kernel/project-files.js';

/** Where Playwright's workers leave the spans of their child processes, until the record is made. */
export const spansFile = 'spans.jsonl';

let chosen: string | undefined;

/** Names the folder of all reports, once, before anything is read. */
export function useReportsFolder(folder: string | undefined): void {
  chosen = folder;
}

/** Reports are kept here, one folder a run: `reports` of meshproof.config, else below the folder where the command is given. */
export function reportsFolder(): string {
  return chosen ?? path.resolve('reports');
}

/** The report of a run as a user types it. */
export function reportPath(id: string): string {
  return asShown(path.join(reportsFolder(), id));
}
