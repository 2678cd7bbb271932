import type { Command } from 'commander';
import { action } from '../action.js';
import { addVersionOptions, examples } from './shared-options.js';

/** init, list, behaviours, checks, plan, status: what makes no mesh. */
export function addInspectionCommands(program: Command): void {
  program
    .command('init')
    .description('write the files of a project: a configuration, a topology and a behaviour; nothing is overwritten')
    .argument('[folder]', 'where; default: the working directory')
    .addHelpText('after', examples('init', 'init mesh-tests'))
    .action(
      action<[string | undefined]>(
        async (options, _progress, folder) => (await import('../init-command.js')).initCommand(folder, options),
        { project: false },
      ),
    );

  program
    .command('list')
    .description('list the topologies that have a name: meshproof’s own and those of your project')
    .addHelpText('after', examples('list --output json'))
    .action(action(async (options) => (await import('../list-command.js')).listCommand(options)));

  program
    .command('behaviours')
    .description('list what is proven: ids, titles, what each applies to, how long it took last')
    .argument('[topology]', 'name or path; says why some do not apply to it')
    .addHelpText('after', examples('behaviours', 'behaviours my-topology.yaml', 'behaviours --output json'))
    .action(
      action<[string | undefined]>(async (options, _progress, name) =>
        (await import('../behaviours-command.js')).behavioursCommand(name, options),
      ),
    );

  program
    .command('checks')
    .description('list the causes that can be named; with a run, look for them on its mesh')
    .argument('[run]', 'run id')
    .addHelpText('after', examples('checks', 'checks k3x9qa72bc', 'checks k3x9qa72bc --output json'))
    .action(
      action<[string | undefined]>(async (options, _progress, id) =>
        (await import('../checks-command.js')).checksCommand(id, options),
      ),
    );

  addVersionOptions(program.command('plan'))
    .description('show everything that would be made, without making it')
    .argument('<topology>', 'name or path')
    .addHelpText(
      'after',
      examples(
        'plan multi-network-multi-primary',
        'plan my-topology.yaml --output json',
        'plan single --kubernetes 1.35.8',
      ),
    )
    .action(
      action<[string]>(async (options, progress, name) =>
        (await import('../inspect-commands.js')).planCommand(name, options, progress),
      ),
    );

  program
    .command('status')
    .description('show the runs that are there, and whether their clusters answer')
    .argument('[run]', 'run id')
    .addHelpText('after', examples('status', 'status k3x9qa72bc --output json'))
    .action(
      action<[string | undefined]>(
        async (options, _progress, id) => (await import('../inspect-commands.js')).statusCommand(id, options),
        { project: false },
      ),
    );
}
