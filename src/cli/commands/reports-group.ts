import type { Command } from 'commander';
import { action } from '../action.js';
import type { RunsFlags } from '../runs-command.js';
import type { ReportFlags } from '../report-command.js';
import { days, examples, wholeNumber } from './shared-options.js';

/** runs, report, bundle: what is done with reports. */
export function addReportCommands(program: Command): void {
  program
    .command('runs')
    .description('list reports with their verdicts, newest first; or remove old ones')
    .option('--keep-newest <n>', 'keep this many of the newest, and remove the rest', wholeNumber)
    .option(
      '--older-than <days>',
      'remove reports older than this, such as 30d; --keep-newest protects the newest',
      days,
    )
    .option('--dry-run', 'show what would be removed, and remove nothing')
    .addHelpText('after', examples('runs', 'runs --output json', 'runs --older-than 30d --keep-newest 10 --dry-run'))
    .action(
      action<[RunsFlags]>(async (options, _progress, flags) =>
        (await import('../runs-command.js')).runsCommand(flags, options),
      ),
    );

  program
    .command('report')
    .description('print the path of a report; open it, or export it as an archive')
    .argument('[run]', 'name of the report, or its first letters; default: the newest')
    .option('--open', 'open it in a browser; needs a terminal and a screen')
    .option('--export <file>', 'write the whole report into a .tar.gz, after a search for secrets')
    .addHelpText('after', examples('report --open', 'report k3x9qa72bc --export mesh-report.tar.gz'))
    .action(
      action<[string | undefined, ReportFlags]>(async (options, progress, name, flags) =>
        (await import('../report-command.js')).reportCommand(name, flags, options, progress),
      ),
    );

  program
    .command('bundle')
    .description('collect diagnostic data of a running mesh, or of a report, in one .tar.gz without secrets')
    .argument('[run]', 'run id, or name of a report; default: the only running mesh, else the newest report')
    .option('--file <file>', 'file to write; default: meshproof-bundle-<run>-<time>.tar.gz')
    .addHelpText('after', examples('bundle', 'bundle k3x9qa72bc --file ticket-4711.tar.gz'))
    .action(
      action<[string | undefined, { file?: string }]>(async (options, progress, name, flags) =>
        (await import('../bundle-command.js')).bundleCommand(name, flags, options, progress),
      ),
    );
}
