import { InvalidArgumentError, type Command } from 'commander';
import type { GuardFlags } from '../../engine/guard-mesh.js';
import { action } from '../action.js';
import { examples, maxTime } from './shared-options.js';

/** guard: what changes a mesh under load. `command` is the user's own, after --. */
export function addChangeCommands(program: Command, command: readonly string[]): void {
  program
    .command('guard')
    .usage('[options] [run] -- <command...>')
    .description('run your own command while a running mesh is under load; report what was lost, when and why')
    .argument('[run]', 'run id; required only if several meshes are up')
    .option('--budgets <file>', 'YAML file of the losses to accept, each with a reason; default: none')
    .option('--quick', 'short phases: 15 s of baseline instead of 60 s', false)
    .option(
      '--rate <number>',
      'calls per second on each path and lane; default: the highest of 10, 5, 2 that works',
      rate,
    )
    .option('--allow-command-failure', 'accept a failure of the command', false)
    .addOption(maxTime())
    .addHelpText(
      'after',
      examples(
        'guard -- true',
        'guard k3x9qa72bc --budgets budgets.yaml -- ./upgrade.sh',
        'guard --quick -- kubectl drain node1',
      ),
    )
    .action(
      action<[string | undefined, GuardFlags]>(async (options, progress, id, flags) =>
        (await import('../guard-command.js')).guardCommand(id, command, flags, options, progress),
      ),
    );
}

function rate(text: string): number {
  const value = Number(text);
  if (value === 10 || value === 5 || value === 2) return value;
  throw new InvalidArgumentError('expected: 10, 5 or 2.');
}
