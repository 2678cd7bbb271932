import type { Command } from 'commander';
import { action } from '../action.js';
import { documentedTopologies } from '../../topology/documented-topologies.js';
import type { ProveFlags } from '../prove-command.js';
import { addVersionOptions, allowDisruptive, examples, maxTime, words } from './shared-options.js';

/** prove: breaks meshes on purpose. */
export function addFaultCommands(program: Command): void {
  addVersionOptions(program.command('prove'))
    .description('break a real mesh in known ways, and demand that each is noticed, named, and nothing else is')
    .argument('[topology]', `name or path; default ${documentedTopologies[0]}`)
    .option('--only <faults>', 'only these faults: ids with commas', words)
    .option('--run <id>', 'on a mesh that is up, instead of one that is made for this and removed')
    .option('--list', 'list the faults; with a topology, why it cannot have some')
    .option('--coverage', 'list for each behaviour the faults that make it fail')
    .addOption(allowDisruptive())
    .addOption(maxTime())
    .addHelpText('after', examples('prove', 'prove flat-multi-primary --only route-missing', 'prove --run k3x9qa72bc'))
    .action(
      action<[string | undefined, ProveFlags]>(async (options, progress, name, flags) =>
        (await import('../prove-command.js')).proveCommand(name, flags, options, progress),
      ),
    );
}
