import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { reportsFolder } from '../engine/report-paths.js';
import { findReport } from '../engine/reports.js';
import { exitCode, type ExitCode } from '../kernel/errors.js';
import { asShown } from '../kernel/project-files.js';
import { writeSearched } from '../run/searched-archive.js';
import type { GlobalOptions } from './global-options.js';
import { openInBrowser } from './open-browser.js';
import { print } from './print.js';
import type { ProgressDisplay } from './progress-display.js';

export interface ReportFlags {
  open?: boolean;
  export?: string;
}

/** `meshproof report`: where a report is; opens it, or writes it into an archive. */
export async function reportCommand(
  name: string | undefined,
  flags: ReportFlags,
  options: GlobalOptions,
  progress: ProgressDisplay,
): Promise<ExitCode> {
  const { id } = findReport(reportsFolder(), name);
  const folder = path.join(reportsFolder(), id);
  if (flags.export !== undefined) {
    const content = { folder, entries: readdirSync(folder).sort(), name: id };
    const bytes = await progress.step('archive', {}, () => writeSearched(flags.export!, content));
    progress.stop();
    print(options, { run: id, file: flags.export, bytes }, flags.export);
    return exitCode.passed;
  }
  // a report on faults has no page
  const page = path.join(folder, 'index.html');
  const shown = existsSync(page) ? page : folder;
  if (flags.open) {
    const why = openInBrowser(shown);
    if (why) progress.note(`did not open a browser: ${why}`);
  }
  progress.stop();
  print(options, { run: id, file: asShown(shown) }, asShown(shown));
  return exitCode.passed;
}
