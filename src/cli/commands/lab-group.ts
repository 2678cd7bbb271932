import type { Command } from 'commander';
import { action } from '../action.js';
import { examples, words } from './shared-options.js';

/** lab up, down, remove, build, status. */
export function addLabCommands(program: Command): void {
  const lab = program.command('lab').description('the lab environment: real clusters on a machine without registries');
  lab
    .command('up')
    .description('start Docker and provide the programs and images of the lab, building what is missing')
    .option('--istio <versions>', "which of the lab's own versions of Istio, by default the newest", words)
    .option('--cni', "also the image of Istio's CNI plugin, for topologies with istio.cni")
    .addHelpText('after', examples('lab up', 'lab up --yes', 'lab up --istio 1.30.4,1.31.0', 'lab up --cni'))
    .action(
      action<[{ istio?: string[]; cni?: boolean }]>(async (options, progress, flags) =>
        (await import('../lab-commands.js')).labUpCommand(options, progress, flags),
      ),
    );
  lab
    .command('down')
    .description("end the lab's Docker and what runs in it; images and programs stay")
    .addHelpText('after', examples('lab down'))
    .action(
      action(async (options, progress) => (await import('../lab-commands.js')).labDownCommand(options, progress)),
    );
  lab
    .command('remove')
    .description('undo everything that the lab did to this machine')
    .addHelpText('after', examples('lab remove'))
    .action(
      action(async (options, progress) => (await import('../lab-commands.js')).labRemoveCommand(options, progress)),
    );
  lab
    .command('build')
    .description('compile programs of the lab from source; without names, all that are missing')
    .argument('[program...]', 'names in lab/SHA256SUMS, or helm')
    .option('--istio <version>', 'add an Istio: a commit, or a version that the Go module proxy has')
    .option('--kubernetes <version>', 'add a release of Kubernetes, e.g. v1.36.3')
    .addHelpText(
      'after',
      examples('lab build', 'lab build helm', 'lab build --istio eed52ebb66ad', 'lab build --kubernetes v1.36.3'),
    )
    .action(
      action<[string[], { istio?: string; kubernetes?: string }]>(async (_options, progress, names, flags) =>
        (await import('../lab-commands.js')).labBuildCommand(names, flags, progress),
      ),
    );
  lab
    .command('status')
    .description('what there is of the lab on this machine')
    .addHelpText('after', examples('lab status', 'lab status --output json'))
    .action(action(async (options) => (await import('../lab-commands.js')).labStatusCommand(options)));
}
