import type { Command } from 'commander';
import { program as typed } from '../../kernel/project-files.js';
import { action } from '../action.js';
import { documentedTopologies } from '../../topology/documented-topologies.js';
import type { FaultsFlags } from '../faults-command.js';
import { addVersionOptions, allowDisruptive, examples, maxTime, words } from './shared-options.js';

/** faults: breaks meshes on purpose. Its old name, prove, works for one more release. */
export function addFaultCommands(program: Command): void {
  addFaultOptions(program.command('faults'));
  addFaultOptions(program.command('prove', { hidden: true })).hook('preAction', () => {
    process.stderr.write(`note: "prove" is the old name of this command; use ${typed} faults\n`);
  });
}

function addFaultOptions(command: Command): Command {
  return addVersionOptions(command)
    .description('break a real mesh in known ways, and check that each fault is noticed and named')
    .argument('[topology]', `name or path; default ${documentedTopologies[0]}`)
    .option('--only <faults>', 'only these faults: ids, separated by commas', words)
    .option('--run <id>', 'use a running mesh instead of a new one')
    .option('--list', 'list the faults; with a topology, also say which do not apply and why')
    .option('--coverage', 'list the faults that make each behaviour fail')
    .addOption(allowDisruptive())
    .addOption(maxTime())
    .addHelpText(
      'after',
      examples('faults', 'faults flat-multi-primary --only route-missing', 'faults --run k3x9qa72bc'),
    )
    .action(
      action<[string | undefined, FaultsFlags]>(async (options, progress, name, flags) =>
        (await import('../faults-command.js')).faultsCommand(name, flags, options, progress),
      ),
    );
}
