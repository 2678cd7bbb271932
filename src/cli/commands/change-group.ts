import { InvalidArgumentError, type Command } from 'commander';
import type { GuardFlags } from '../../engine/guard-mesh.js';
import { action } from '../action.js';
import type { ScenarioCommandFlags } from '../scenario-command.js';
import { documentedTopologies } from '../../topology/documented-topologies.js';
import { addVersionOptions, examples, maxTime } from './shared-options.js';

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

/** scenario and scenarios: losses and rotations that meshproof knows by itself. */
export function addScenarioCommands(program: Command): void {
  addVersionOptions(program.command('scenario'))
    .description('lose or renew a part of a mesh under load; tell what was lost, and prove that it is complete again')
    .argument('<id>', 'such as LOSS-4; see `scenarios`')
    .argument('[topology]', `name or path; default ${documentedTopologies[0]}. Not with --run`)
    .option('--run <id>', 'a mesh that is up, which stays')
    .option('--budgets <file>', "what may be lost, and why: a YAML file; default: the scenario's own budgets")
    .option('--quick', 'short phases around the acts: 15 s of baseline instead of 60 s', false)
    .option(
      '--rate <number>',
      'calls a second on each path and lane; default: the highest of 10, 5, 2 that works',
      rate,
    )
    .addOption(maxTime())
    .addHelpText(
      'after',
      examples(
        'scenario LOSS-4',
        'scenario ROT-1 flat-primary-remote --quick',
        'scenario LOSS-1 --run k3x9qa72bc --budgets budgets.yaml',
      ),
    )
    .action(
      action<[string, string | undefined, ScenarioCommandFlags]>(async (options, progress, id, name, flags) =>
        (await import('../scenario-command.js')).scenarioCommand(id, name, flags, options, progress),
      ),
    );
  program
    .command('scenarios')
    .description('list the scenarios, and what each needs')
    .action(action(async (options) => (await import('../scenario-command.js')).scenariosCommand(options)));
}

function rate(text: string): number {
  const value = Number(text);
  if (value === 10 || value === 5 || value === 2) return value;
  throw new InvalidArgumentError('expected: 10, 5 or 2.');
}
