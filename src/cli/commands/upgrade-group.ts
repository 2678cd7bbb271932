import { Option, type Command } from 'commander';
import type { UpgradeCommandFlags } from '../upgrade-command.js';
import { action } from '../action.js';
import { examples, maxTime, wholeNumber, words } from './shared-options.js';

/** upgrade: changes the version of Istio of a mesh, under load. */
export function addUpgradeCommands(program: Command): void {
  program
    .command('upgrade')
    .description('change the version of Istio in a mesh under load; prove every state of it, report and remove')
    .argument('[topology]', 'name or path; a mesh of it is built in the old version. Not with --run')
    .option('--from <version>', 'Istio before; default: previous, the newest release of an earlier minor')
    .option('--to <version>', 'Istio after; default: newest')
    .addOption(
      new Option('--strategy <strategy>', 'a new revision beside the old one, or the same revision in another version')
        .choices(['canary', 'in-place'])
        .default('canary'),
    )
    .option('--order <clusters>', 'clusters with commas, first things first; default: as in the topology', words)
    .option('--plan', 'print the acts, and make nothing', false)
    .option('--until <act>', 'end after this act; with --keep or --run another command can go on')
    .option('--run <id>', 'a mesh that is up, which stays')
    .option('--resume', 'with --run: go on with the upgrade that has begun', false)
    .option('--rollback', 'with --run: take the upgrade back, act by act, as far as --until says', false)
    .option('--no-load', 'call nothing meanwhile: states are proven, losses are not')
    .option('--thorough', 'prove all behaviours in every state, without load', false)
    .option('--quick', 'short phases: 15 s of baseline instead of 60 s', false)
    .option('--budgets <file>', 'what may be lost, and why: a YAML file; default: nothing')
    .option(
      '--rate <number>',
      'calls a second on each path and lane: 10, 5 or 2; default: the highest that works',
      wholeNumber,
    )
    .addOption(new Option('--installer <name>', 'what installs Istio: istioctl or helm').helpGroup('Versions:'))
    .addOption(new Option('--kubernetes <version>', 'Kubernetes of clusters that are made').helpGroup('Versions:'))
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
