import { Option, type Command } from 'commander';
import type { UpgradeCommandFlags } from '../upgrade-command.js';
import { action } from '../action.js';
import { examples, maxTime, wholeNumber, words } from './shared-options.js';

/** upgrade: changes the version of Istio of a mesh, under load. */
export function addUpgradeCommands(program: Command): void {
  program
    .command('upgrade')
    .description('upgrade Istio in a mesh under load; test every state, write a report, remove the mesh')
    .argument('[topology]', 'name or path; its mesh starts in the old version. Not with --run')
    .option('--from <version>', 'Istio version before; default: previous, the newest release of the minor before')
    .option('--to <version>', 'Istio version after; default: newest')
    .addOption(
      new Option(
        '--strategy <strategy>',
        'canary: a new revision beside the old one; in-place: the same revision in the new version',
      )
        .choices(['canary', 'in-place'])
        .default('canary'),
    )
    .option('--order <clusters>', 'order of the clusters, separated by commas; default: as in the topology', words)
    .option('--plan', 'print the acts only', false)
    .option('--until <act>', 'stop after this act; with --keep or --run, another command can continue')
    .option('--run <id>', 'upgrade a running mesh, and keep it')
    .option('--resume', 'with --run: continue an unfinished upgrade', false)
    .option('--rollback', 'with --run: roll the upgrade back act by act, down to --until', false)
    .option('--no-load', 'send no load: test the states, but measure no losses')
    .option('--thorough', 'test all behaviours in every state; sends no load then', false)
    .option('--quick', 'short phases: 15 s of baseline instead of 60 s', false)
    .option('--budgets <file>', 'YAML file of the losses to accept, each with a reason; default: none')
    .option(
      '--rate <number>',
      'calls per second on each path and lane: 10, 5 or 2; default: the highest that works',
      wholeNumber,
    )
    .addOption(new Option('--installer <name>', 'installer of Istio: istioctl or helm').helpGroup('Versions:'))
    .addOption(new Option('--kubernetes <version>', 'Kubernetes version of new clusters').helpGroup('Versions:'))
    .addOption(maxTime())
    .addHelpText(
      'after',
      examples(
        'upgrade multi-network-multi-primary',
        'upgrade multi-network-primary-remote --strategy in-place --installer helm',
        'upgrade multi-network-multi-primary --order cluster2,cluster1 --plan',
        'upgrade multi-network-multi-primary --until gateway/cluster1 --keep',
        'upgrade --run k3x9qa72bc --resume',
        'upgrade --run k3x9qa72bc --rollback',
      ),
    )
    .action(
      action<[string | undefined, UpgradeCommandFlags]>(async (options, progress, name, flags) =>
        (await import('../upgrade-command.js')).upgradeCommand(name, flags, options, progress),
      ),
    );
}
