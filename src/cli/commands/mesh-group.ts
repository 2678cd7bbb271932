import { Option, type Command } from 'commander';
import { action } from '../action.js';
import { documentedTopologies } from '../../topology/documented-topologies.js';
import type { RunCommandFlags } from '../global-options.js';
import type { LimitOptions } from '../../engine/engine-options.js';
import type { Filters } from '../../engine/selection.js';
import {
  addVersionOptions,
  allowDisruptive,
  blobs,
  examples,
  force,
  knownIssues,
  lastFailed,
  long,
  maxTime,
  not,
  only,
  recordConfiguration,
  replaceMesh,
  tagged,
  wholeNumber,
} from './shared-options.js';

/** run, up, test, down, gc: what makes, proves and removes meshes. `playwrightArgs` are the user's own for Playwright. */
export function addMeshCommands(program: Command, playwrightArgs: readonly string[]): void {
  addVersionOptions(program.command('run'))
    .description('build meshes, test their behaviours, write a report, remove the meshes')
    .argument('[topology...]', 'names or paths; default: the four documented topologies')
    .option('--fresh', 'create new clusters for every topology', false)
    .option('--parallel <n>', 'topologies to run in parallel, as far as the memory allows', wholeNumber, 1)
    .option('--timings', 'print how long each step took', false)
    .addOption(replaceMesh())
    .addOption(allowDisruptive())
    .addOption(only())
    .addOption(not())
    .addOption(tagged())
    .addOption(lastFailed())
    .addOption(long())
    .addOption(knownIssues())
    .addOption(recordConfiguration())
    .addOption(blobs())
    .addOption(maxTime())
    .addHelpText(
      'after',
      examples(
        'run',
        'run multi-network-multi-primary',
        'run my-topology.yaml --keep',
        'run multi-network-multi-primary --only MTLS-2,LOC --not LOC-3',
        'run multi-network-multi-primary --istio 1.30.5 --kubernetes 1.35.8',
        'run --known-issues known-issues.yaml --max-time 45m',
        'run multi-network-multi-primary -- --workers 2',
      ),
    )
    .action(
      action<[string[], RunCommandFlags]>(async (options, progress, names, flags) => {
        const [{ runCommand }, { withoutOldTag }] = await Promise.all([
          import('../run-command.js'),
          import('../old-tag.js'),
        ]);
        const chosen = names.length > 0 ? names : documentedTopologies;
        return runCommand(chosen, playwrightArgs, await withoutOldTag({ ...options, ...flags }, progress), progress);
      }),
    );

  addVersionOptions(program.command('up'))
    .description('build a mesh and keep it; print its run id')
    .argument('<topology>', 'name or path')
    .addOption(replaceMesh())
    .addHelpText('after', examples('up multi-network-multi-primary'))
    .action(
      action<[string, { replaceMesh: boolean }]>(async (options, progress, name, flags) => {
        const { upCommand } = await import('../mesh-commands.js');
        return upCommand(name, { ...flags, allowDisruptive: false, long: false }, options, progress);
      }),
    );

  program
    .command('test')
    .description('test the behaviours on a running mesh')
    // its name up to version 0.1; see old-tag.ts
    .addOption(new Option('--tag <tags>').hideHelp())
    .argument('[run]', 'run id; required only if several meshes are up')
    .addHelpText('after', examples('test', 'test k3x9qa72bc --only CP-1', 'test --last-failed'))
    .addOption(allowDisruptive())
    .addOption(only())
    .addOption(not())
    .addOption(tagged())
    .addOption(lastFailed())
    .addOption(long())
    .addOption(knownIssues())
    .addOption(recordConfiguration())
    .addOption(blobs())
    .addOption(maxTime())
    .action(
      action<[string | undefined, Filters & LimitOptions & { allowDisruptive: boolean; long: boolean }]>(
        async (options, progress, id, flags) => {
          const [{ testCommand }, { withoutOldTag }] = await Promise.all([
            import('../mesh-commands.js'),
            import('../old-tag.js'),
          ]);
          const filters = await withoutOldTag({ ...options, ...flags }, progress);
          return testCommand(id, playwrightArgs, { ...filters, replaceMesh: false }, options, progress);
        },
      ),
    );

  program
    .command('down')
    .description('remove runs and everything that they created')
    .argument('<run...>', 'run ids')
    .addOption(force())
    .addHelpText('after', examples('down k3x9qa72bc', 'down k3x9qa72bc --force'))
    .action(
      action<[string[], { force?: boolean }]>(
        async (options, progress, ids, flags) =>
          (await import('../mesh-commands.js')).downCommand(ids, flags, options, progress),
        { project: false },
      ),
    );

  program
    .command('gc')
    .description('remove what interrupted runs left behind: clusters, networks, baked node images, state')
    .option('--all', 'also remove kept runs')
    .addOption(force())
    .option('--dry-run', 'show what would be removed, and remove nothing')
    .addHelpText('after', examples('gc --dry-run', 'gc --all'))
    .action(
      action<[{ all?: boolean; force?: boolean; dryRun?: boolean }]>(async (options, progress, flags) =>
        (await import('../inspect-commands.js')).gcCommand(flags, options, progress),
      ),
    );
}
