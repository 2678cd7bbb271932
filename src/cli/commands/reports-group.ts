import type { Command } from 'commander';
import { action } from '../action.js';
import type { RunsFlags } from '../runs-command.js';
import type { ReportFlags } from '../report-command.js';
import { days, examples, wholeNumber } from './shared-options.js';

/** runs, report, bundle: what is done with reports. */
export function addReportCommands(program: Command): void {
  program
    .command('runs')
    .description('list the reports with their verdicts, the newest first; or remove old ones')
    .option('--keep-newest <n>', 'remove all but this many of the newest', wholeNumber)
    .option(
      '--older-than <days>',
      'remove those that are older, such as 30d; with --keep-newest only of the others',
      days,
    )
    .option('--dry-run', 'only say what would be removed')
    .addHelpText('after', examples('runs', 'runs --output json', 'runs --older-than 30d --keep-newest 10 --dry-run'))
    .action(
      action<[RunsFlags]>(async (options, _progress, flags) =>
        (await import('../runs-command.js')).runsCommand(flags, options),
      ),
    );

  program
    .command('report')
    .description('print the path of a report, the newest or a named one; open it, or write it into an archive')
    .argument('[run]', 'name of the report, or its beginning')
    .option('--open', 'open it in a browser, where there is a terminal and a screen')
    .option('--export <file>', 'write the whole report into a .tar.gz that was searched for secrets')
    .addHelpText('after', examples('report --open', 'report k3x9qa72bc --export mesh-report.tar.gz'))
    .action(
      action<[string | undefined, ReportFlags]>(async (options, progress, name, flags) =>
        (await import('../report-command.js')).reportCommand(name, flags, options, progress),
      ),
    );

  program
    .command('bundle')
    .description(
      'collect what a helper needs to see: of a mesh that is there, else of a report; one .tar.gz without secrets',
    )
    .argument('[run]', 'run id, or name of a report; default: the only mesh that is there, else the newest report')
    .option('--file <file>', 'what to write; default: meshproof-bundle-<run>-<time>.tar.gz')
    .addHelpText('after', examples('bundle', 'bundle k3x9qa72bc --file ticket-4711.tar.gz'))
    .action(
      action<[string | undefined, { file?: string }]>(async (options, progress, name, flags) =>
        (await import('../bundle-command.js')).bundleCommand(name, flags, options, progress),
      ),
    );
}
