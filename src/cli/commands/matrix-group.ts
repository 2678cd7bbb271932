import { Option, type Command } from 'commander';
import { action } from '../action.js';
import type { MatrixCommandFlags } from '../matrix-command.js';
import { examples, wholeNumber } from './shared-options.js';

/** matrix, merge: many meshes by one file. */
export function addMatrixCommands(program: Command): void {
  program
    .command('matrix')
    .description('run topologies with several versions, installers and environments, each cell once a night; resumes')
    .argument('<file>', 'a YAML file')
    .option('--folder <folder>', 'folder of all nights; default: matrix/<name of the file>')
    .option('--night <name>', 'name of this night; default: the date in UTC. Its finished cells are not run again')
    .option('--cell <cell>', 'run only this cell: its id, or its number in the plan')
    .option('--parallel <n>', 'cells to run in parallel, as far as the memory allows', wholeNumber)
    .option('--attempts <n>', 'attempts for a cell whose mesh cannot be built; overrides the file', wholeNumber)
    .option('--plan', 'write the plan only')
    .addOption(
      new Option('--emit <system>', 'print jobs for another system, and run nothing').choices([
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
    .description('make one report of all cells of a night; a cell without a result is red')
    .argument('<folder>', 'folder of the night, which contains plan.json')
    .addHelpText('after', examples('merge matrix/nightly/2027-01-31'))
    .action(
      action<[string]>(async (options, progress, folder) =>
        (await import('../matrix-command.js')).mergeCommand(folder, options, progress),
      ),
    );
}
