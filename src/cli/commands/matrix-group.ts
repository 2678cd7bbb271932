import { Option, type Command } from 'commander';
import { action } from '../action.js';
import type { MatrixCommandFlags } from '../matrix-command.js';
import { examples, wholeNumber } from './shared-options.js';

/** matrix, merge: many meshes by one file. */
export function addMatrixCommands(program: Command): void {
  program
    .command('matrix')
    .description('prove topologies with several versions, installers and environments, each cell once a night; resumes')
    .argument('<file>', 'a YAML file')
    .option('--folder <folder>', 'of all nights; default: matrix/<name of the file>')
    .option('--night <name>', 'of this night; default: the date in UTC. Cells that are done in it are not run again')
    .option('--cell <cell>', 'only this cell: its id, or its number in the plan')
    .option('--parallel <n>', 'cells side by side, at most as many as fit into the memory', wholeNumber)
    .option('--attempts <n>', 'tries of a cell whose mesh cannot be built, instead of what the file says', wholeNumber)
    .option('--plan', 'write the plan, and run nothing')
    .addOption(
      new Option('--emit <system>', 'print jobs for another system instead').choices([
        'github',
        'gitlab',
        'kubernetes',
      ]),
    )
    .addHelpText(
      'after',
      examples('matrix matrix.yaml', 'matrix matrix.yaml --plan', 'matrix matrix.yaml --emit kubernetes'),
    )
    .action(
      action<[string, MatrixCommandFlags]>(async (options, progress, file, flags) =>
        (await import('../matrix-command.js')).matrixCommand(file, flags, options, progress),
      ),
    );

  program
    .command('merge')
    .description('make one report of the cells of a night; a cell without a result is red in it')
    .argument('<folder>', 'of the night, with plan.json in it')
    .addHelpText('after', examples('merge matrix/nightly/2027-01-31'))
    .action(
      action<[string]>(async (options, progress, folder) =>
        (await import('../matrix-command.js')).mergeCommand(folder, options, progress),
      ),
    );
}
