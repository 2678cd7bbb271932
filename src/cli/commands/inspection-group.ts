import type { Command } from 'commander';
import { action } from '../action.js';
import { addVersionOptions, examples } from './shared-options.js';

/** init, list, behaviours, checks, plan, status: what makes no mesh. */
export function addInspectionCommands(program: Command): void {
  program
    .command('init')
    .description('create a project: a configuration, a topology and a behaviour; overwrites nothing')
    .argument('[folder]', 'target folder; default: the working directory')
    .addHelpText('after', examples('init', 'init mesh-tests'))
    .action(
      action<[string | undefined]>(
        async (options, _progress, folder) => (await import('../init-command.js')).initCommand(folder, options),
        { project: false },
      ),
    );

  program
    .command('list')
    .description('list the named topologies: meshproof’s own and those of your project')
    .addHelpText('after', examples('list --output json'))
    .action(action(async (options) => (await import('../list-command.js')).listCommand(options)));

  program
    .command('behaviours')
    .description('list behaviours: id, title, what each applies to, its last duration')
    .argument('[topology]', 'name or path; shows which behaviours do not apply, and why')
    .addHelpText('after', examples('behaviours', 'behaviours my-topology.yaml', 'behaviours --output json'))
    .action(
      action<[string | undefined]>(async (options, _progress, name) =>
        (await import('../behaviours-command.js')).behavioursCommand(name, options),
      ),
    );

  program
    .command('checks')
    .description('list the known causes; with a run, look for them on its mesh')
    .argument('[run]', 'run id')
    .addHelpText('after', examples('checks', 'checks k3x9qa72bc', 'checks k3x9qa72bc --output json'))
    .action(
      action<[string | undefined]>(async (options, _progress, id) =>
        (await import('../checks-command.js')).checksCommand(id, options),
      ),
    );

  addVersionOptions(program.command('plan'))
    .description('show what a run would create, without creating it')
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
    .description('show the existing runs, and whether their clusters answer')
    .argument('[run]', 'run id')
    .addHelpText('after', examples('status', 'status k3x9qa72bc --output json'))
    .action(
      action<[string | undefined]>(
        async (options, _progress, id) => (await import('../inspect-commands.js')).statusCommand(id, options),
        { project: false },
      ),
    );
}
