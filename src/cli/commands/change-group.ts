import { InvalidArgumentError, type Command } from 'commander';
import type { GuardFlags } from '../../engine/guard-mesh.js';
import { action } from '../action.js';
import type { ScenarioCommandFlags } from '../scenario-command.js';
import { documentedTopologies } from '../../topology/documented-topologies.js';
import { addVersionOptions, contexts, examples, kubeconfig, maxTime, several } from './shared-options.js';

interface GuardOptions {
  context: string[];
  kubeconfig?: string;
}

const pathHelp = `
With --context, no run is needed. guard creates only the namespace load-<hex> in each cluster, and removes it at the end.
The nodes of the clusters pull the image of the load; --images, --registry and --environment name another one.

--path calls one of your services from the load's own clients in that cluster, never from your pods.
With a workload, the load in that cluster uses the revision of the workload's proxy.
HTTP: GET requests, on new connections and on a reused one; every status below 500 is an answer,
but not the 403 of a proxy (RBAC: access denied).
TCP: a new connection, which is held for 500 ms and sends nothing. The port's name or appProtocol decides;
http:// in front of the service selects HTTP. With a run, you can also use the name of a cluster instead of a context.
`;

/** guard: what changes a mesh under load. `command` is the user's own, after --. */
export function addChangeCommands(program: Command, command: readonly string[]): void {
  program
    .command('guard')
    .usage('[options] [run] -- <command...>')
    .description('run your own command while a running mesh is under load; report what was lost, when and why')
    .argument('[run]', 'run id; required only if several meshes are up')
    .addOption(contexts('instead of a run: one context for each cluster of a mesh'))
    .addOption(kubeconfig())
    .option(
      '--path <path>',
      '[workload.namespace@]context=service.namespace:port: also call this service; repeatable',
      several,
      [],
    )
    .option(
      '--ingress',
      'also send calls through ingress gateways that the load deploys; default: only on the mesh of a run',
    )
    .option('--no-ingress', 'send no calls through ingress gateways')
    .option('--no-checks', 'do not compare what checks find before and after; the report says so')
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
      `${pathHelp}${examples(
        'guard -- true',
        'guard k3x9qa72bc --budgets budgets.yaml -- ./upgrade.sh',
        'guard --quick -- kubectl drain node1',
        'guard --context east --context west --path deploy/web.front@east=cart.shop:8080 -- ./upgrade.sh',
      )}`,
    )
    .action(
      action<[string | undefined, GuardFlags & GuardOptions]>(
        async (options, progress, run, { context, kubeconfig: file, ...flags }) =>
          (await import('../guard-command.js')).guardCommand(
            { run, contexts: [...new Set(context)], kubeconfig: file },
            command,
            flags,
            options,
            progress,
          ),
      ),
    );
}

/** scenario and scenarios: losses and rotations that meshproof knows by itself. */
export function addScenarioCommands(program: Command): void {
  addVersionOptions(program.command('scenario'))
    .description('break or renew part of a mesh under load; report lost calls, and check that it recovers')
    .argument('<id>', 'such as LOSS-4; see `scenarios`')
    .argument('[topology]', `name or path; default ${documentedTopologies[0]}. Not with --run`)
    .option('--run <id>', 'use a running mesh, and keep it')
    .option(
      '--budgets <file>',
      "YAML file of the losses to accept, each with a reason; default: the scenario's own budgets",
    )
    .option('--quick', 'short phases around the acts: 15 s of baseline instead of 60 s', false)
    .option(
      '--rate <number>',
      'calls per second on each path and lane; default: the highest of 10, 5, 2 that works',
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
