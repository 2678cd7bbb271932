import type { Command } from 'commander';
import { action } from '../action.js';
import { examples } from './shared-options.js';

/** compare, gate: judges records that are there, and makes no mesh. */
export function addComparisonCommands(program: Command): void {
  program
    .command('compare')
    .description('compare records: exit code 0 if nothing is worse, 6 if something is, 4 if that is unknown')
    .argument('<before>', 'run id, report folder, result.json, or folder of reports; separate several with commas')
    .argument('<after>', 'the same')
    .addHelpText(
      'after',
      examples(
        'compare k3x9qa72bc t98m076fmd',
        'compare nights/before nights/after',
        'compare a.json,b.json,c.json,d.json nights/after --output json',
      ),
    )
    .action(
      action<[string, string]>(async (options, _progress, before, after) =>
        (await import('../compare-command.js')).compareCommand(before, after, options),
      ),
    );

  program
    .command('gate')
    .description('check records against a file of rules; exit code 6 if a rule is broken')
    .argument('<record...>', 'run ids, report folders, or result.json files')
    .requiredOption('--rules <file>', 'a YAML file')
    .addHelpText('after', examples('gate k3x9qa72bc --rules gate.yaml', 'gate reports --rules gate.yaml --output json'))
    .action(
      action<[string[], { rules: string }]>(async (options, _progress, words, flags) =>
        (await import('../gate-command.js')).gateCommand(words, flags, options),
      ),
    );
}
