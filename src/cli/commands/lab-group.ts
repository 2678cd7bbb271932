import type { Command } from 'commander';
import { action } from '../action.js';
import { examples, words } from './shared-options.js';

/** lab up, down, remove, build, status. */
export function addLabCommands(program: Command): void {
  const lab = program.command('lab').description('the lab: real clusters on a machine without registries');
  lab
    .command('up')
    .description("start the lab's Docker and provide its programs and images; build what is missing")
    .option('--istio <versions>', 'Istio versions to provide; default: the newest of the lab', words)
    .option('--cni', "also provide the image of Istio's CNI plugin, for topologies with istio.cni")
    .addHelpText('after', examples('lab up', 'lab up --yes', 'lab up --istio 1.30.4,1.31.0', 'lab up --cni'))
    .action(
      action<[{ istio?: string[]; cni?: boolean }]>(async (options, progress, flags) =>
        (await import('../lab-commands.js')).labUpCommand(options, progress, flags),
      ),
    );
  lab
    .command('down')
    .description("stop the lab's Docker and everything in it; keep images and programs")
    .addHelpText('after', examples('lab down'))
    .action(
      action(async (options, progress) => (await import('../lab-commands.js')).labDownCommand(options, progress)),
    );
  lab
    .command('remove')
    .description('undo all changes that the lab made to this machine')
    .addHelpText('after', examples('lab remove'))
    .action(
      action(async (options, progress) => (await import('../lab-commands.js')).labRemoveCommand(options, progress)),
    );
  lab
    .command('build')
    .description("compile the lab's programs from source; default: all missing ones")
    .argument('[program...]', 'names in lab/SHA256SUMS, or helm')
    .option('--istio <version>', 'add an Istio: a commit, or a version on the Go module proxy')
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
    .description('show the state of the lab on this machine')
    .addHelpText('after', examples('lab status', 'lab status --output json'))
    .action(action(async (options) => (await import('../lab-commands.js')).labStatusCommand(options)));
}
