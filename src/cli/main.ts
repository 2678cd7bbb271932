import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { interruption, onSpan } from '../clusters/command.js';
import { addProgramsToPath } from '../lab/home.js';
import { exitCode, type ExitCode } from '../topology/errors.js';
import { projectFolder } from '../topology/paths.js';
import { behavioursCommand } from './behaviours.js';
import { documentedTopologies, type GlobalOptions } from './context.js';
import { readConfig } from './config.js';
import { failureText } from './failure.js';
import { listImagesCommand, loadImagesCommand, pushImagesCommand, saveImagesCommand } from './images.js';
import { gcCommand, listCommand, planCommand, statusCommand } from './inspect.js';
import { listenForInterrupts } from './interrupt.js';
import { labBuildCommand, labDownCommand, labRemoveCommand, labStatusCommand, labUpCommand } from './lab.js';
import { createProgress, type Progress } from './progress.js';
import { downCommand, testCommand, upCommand } from './mesh-commands.js';
import { proveCommand, type ProveFlags } from './prove.js';
import { runCommand, type RunFlags } from './run.js';
import { written } from './streams.js';
import type { Filters } from './selection.js';

const { version } = JSON.parse(readFileSync(path.join(projectFolder, 'package.json'), 'utf8')) as { version: string };

const program = new Command('meshproof')
  .description(
    'Proves multi-cluster Istio on real clusters: from a topology file to a verdict per behaviour, with evidence.',
  )
  .version(version)
  .showSuggestionAfterError()
  .showHelpAfterError('  to do: see ./meshproof --help')
  .exitOverride()
  .configureHelp({ showGlobalOptions: true })
  .addOption(new Option('--output <format>', 'what is written to stdout').choices(['text', 'json']).default('text'))
  .option('--environment <name>', 'where programs and images come from: public, lab, or a file')
  .option('--registry <host>', 'take every image from this registry instead')
  .option('--mirror <url>', 'download programs and manifests below this address instead')
  .option('--images <file>', 'take single images from elsewhere: a YAML file of role: image')
  .option('--keep', 'leave the clusters when the command ends')
  .option('--yes', 'change this machine for the lab without asking')
  .option('--verbose', 'name every command that is run')
  .option('--debug', 'show stack traces')
  .option('--no-color', 'no colour');

/** Wires a command: options, progress display, interrupts; whatever is thrown becomes a message and an exit code. */
function action<Args extends unknown[]>(
  work: (options: GlobalOptions, progress: Progress, ...args: Args) => Promise<ExitCode> | ExitCode,
) {
  return async (...args: unknown[]): Promise<void> => {
    const command = args.at(-1) as Command;
    const given = command.optsWithGlobals<GlobalOptions>();
    if (!given.color) process.env['NO_COLOR'] = '1';
    const progress = createProgress();
    listenForInterrupts((text) => progress.note(text));
    if (given.verbose) {
      onSpan(({ command, pause, cluster, start, end, exit }) => {
        if (pause) return;
        progress.note(
          `${cluster ? `${cluster}: ` : ''}${command} (${((end - start) / 1000).toFixed(1)} s, exit ${exit ?? 'none'})`,
        );
      });
    }
    let code: ExitCode;
    try {
      // read here, so that what is wrong with it is told as everything else is
      code = await work({ ...readConfig(given), ...given }, progress, ...(args.slice(0, -1) as Args));
      progress.stop();
    } catch (thrown) {
      const error: unknown = interruption.signal.aborted ? interruption.signal.reason : thrown;
      progress.stop();
      // what went wrong after the interrupt, such as a removal, must be known as well
      const said = new Set([thrown, error]);
      for (const one of said) process.stderr.write(`${failureText(one, given.debug)}\n`);
      code = (error as { code?: unknown }).code as ExitCode;
      if (!Object.values(exitCode).includes(code)) code = exitCode.environment;
    }
    await Promise.all([process.stdout, process.stderr].map(written));
    // watches and idle connections may still be open; nothing that matters is left to do
    process.exit(code);
  };
}

program
  .command('run')
  .description('build, prove, report and remove: the whole job for one or more topologies')
  .argument('[topology...]', 'names in topologies/, or paths of files; without any, the four documented topologies')
  .option('--fresh', 'new clusters for every topology', false)
  .option('--parallel <n>', 'topologies side by side, at most as many as fit into the memory', wholeNumber, 1)
  .option('--timings', 'print how long each step took', false)
  .addOption(replaceMesh())
  .addOption(allowDisruptive())
  .addOption(only())
  .addOption(not())
  .addOption(tag())
  .addOption(lastFailed())
  .addOption(long())
  .addHelpText(
    'after',
    examples(
      'run',
      'run multi-network-multi-primary',
      'run my-topology.yaml --keep',
      'run multi-network-multi-primary --only MTLS-2,LOC --not LOC-3',
      'run multi-network-multi-primary -- --workers 2',
    ),
  )
  .action(
    action<[string[], RunFlags]>((options, progress, names, flags) =>
      runCommand(names.length > 0 ? names : documentedTopologies, playwrightArgs, { ...options, ...flags }, progress),
    ),
  );

program
  .command('up')
  .description('build a mesh and leave it; prints its run id')
  .argument('<topology>', 'name or path')
  .addOption(replaceMesh())
  .addHelpText('after', examples('up multi-network-multi-primary'))
  .action(
    action<[string, { replaceMesh: boolean }]>((options, progress, name, flags) =>
      upCommand(name, { ...flags, allowDisruptive: false, long: false }, options, progress),
    ),
  );

program
  .command('test')
  .description('prove the behaviours of a mesh that is up')
  .argument('[run]', 'run id; needed only when several are up')
  .addHelpText('after', examples('test', 'test k3x9qa72bc --only CP-1', 'test --last-failed'))
  .addOption(allowDisruptive())
  .addOption(only())
  .addOption(not())
  .addOption(tag())
  .addOption(lastFailed())
  .addOption(long())
  .action(
    action<[string | undefined, Filters & { allowDisruptive: boolean; long: boolean }]>(
      (options, progress, id, flags) =>
        testCommand(id, playwrightArgs, { ...flags, replaceMesh: false }, options, progress),
    ),
  );

program
  .command('prove')
  .description('break a real mesh in known ways, and demand that each is noticed, named, and nothing else is')
  .argument('[topology]', `name or path; default ${documentedTopologies[0]}`)
  .option('--only <faults>', 'only these faults: ids with commas', words)
  .option('--run <id>', 'on a mesh that is up, instead of one that is made for this and removed')
  .option('--list', 'list the faults; with a topology, why it cannot have some')
  .option('--coverage', 'list for each behaviour the faults that make it fail')
  .addOption(allowDisruptive())
  .addHelpText('after', examples('prove', 'prove flat-multi-primary --only route-missing', 'prove --run k3x9qa72bc'))
  .action(
    action<[string | undefined, ProveFlags]>((options, progress, name, flags) =>
      proveCommand(name, flags, options, progress),
    ),
  );

program
  .command('down')
  .description('remove runs with everything that they made')
  .argument('<run...>', 'run ids')
  .addHelpText('after', examples('down k3x9qa72bc'))
  .action(action<[string[]]>((options, progress, ids) => downCommand(ids, options, progress)));

program
  .command('gc')
  .description('remove what interrupted runs left: clusters, networks, baked node images, state')
  .option('--all', 'also the runs that were kept')
  .option('--dry-run', 'only say what would be removed')
  .addHelpText('after', examples('gc --dry-run', 'gc --all'))
  .action(
    action<[{ all?: boolean; dryRun?: boolean }]>((options, progress, flags) => gcCommand(flags, options, progress)),
  );

program
  .command('list')
  .description('list the topologies of the project')
  .addHelpText('after', examples('list --output json'))
  .action(action<[object]>((options) => listCommand(options)));

program
  .command('behaviours')
  .description('list what is proven: ids, titles, what each applies to, how long it took last')
  .argument('[topology]', 'name or path; says why some do not apply to it')
  .addHelpText('after', examples('behaviours', 'behaviours my-topology.yaml', 'behaviours --output json'))
  .action(action<[string | undefined]>((options, _progress, name) => behavioursCommand(name, options)));

program
  .command('plan')
  .description('show everything that would be made, without making it')
  .argument('<topology>', 'name or path')
  .addHelpText('after', examples('plan multi-network-multi-primary', 'plan my-topology.yaml --output json'))
  .action(action<[string]>((options, progress, name) => planCommand(name, options, progress)));

program
  .command('status')
  .description('show the runs that are there, and whether their clusters answer')
  .argument('[run]', 'run id')
  .addHelpText('after', examples('status', 'status k3x9qa72bc --output json'))
  .action(action<[string | undefined]>((options, _, id) => statusCommand(id, options)));

const lab = program.command('lab').description('the lab environment: real clusters on a machine without registries');
lab
  .command('up')
  .description('start Docker and provide the programs and images of the lab, building what is missing')
  .addHelpText('after', examples('lab up', 'lab up --yes'))
  .action(action((options, progress) => labUpCommand(options, progress)));
lab
  .command('down')
  .description("end the lab's Docker and what runs in it; images and programs stay")
  .addHelpText('after', examples('lab down'))
  .action(action((options, progress) => labDownCommand(options, progress)));
lab
  .command('remove')
  .description('undo everything that the lab did to this machine')
  .addHelpText('after', examples('lab remove'))
  .action(action((options, progress) => labRemoveCommand(options, progress)));
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
    action<[string[], { istio?: string; kubernetes?: string }]>((_, progress, names, flags) =>
      labBuildCommand(names, flags, progress),
    ),
  );
lab
  .command('status')
  .description('what there is of the lab on this machine')
  .addHelpText('after', examples('lab status', 'lab status --output json'))
  .action(action((options) => labStatusCommand(options)));

const images = program
  .command('images')
  .description('the images and programs of plans, for networks without the internet');
images
  .command('list')
  .description('every image, program and file that the topologies need; without any, those of the four documented ones')
  .argument('[topology...]', 'names or paths')
  .addHelpText('after', examples('images list', 'images list mixed --output json'))
  .action(action<[string[]]>((options, progress, names) => listImagesCommand(names, options, progress)));
images
  .command('save')
  .description('put them into one archive, pulling and downloading what is missing')
  .argument('<archive>', 'file to write')
  .argument('[topology...]', 'names or paths')
  .addHelpText('after', examples('images save meshproof.tar', 'images save mixed.tar mixed'))
  .action(
    action<[string, string[]]>((options, progress, file, names) => saveImagesCommand(file, names, options, progress)),
  );
images
  .command('load')
  .description('put an archive into the local Docker and the cache of programs')
  .argument('<archive>', 'file of images save')
  .option('--folder <folder>', 'into a folder instead, laid out for a file server that --mirror names')
  .addHelpText('after', examples('images load meshproof.tar', 'images load meshproof.tar --folder /srv/mirror'))
  .action(
    action<[string, { folder?: string }]>((options, progress, file, flags) =>
      loadImagesCommand(file, flags, options, progress),
    ),
  );
images
  .command('push')
  .description('push them from the local Docker to a registry')
  .argument('<registry>', 'host[:port][/path]')
  .argument('[topology...]', 'names or paths')
  .addHelpText('after', examples('images push registry.example.com:5000/mirror'))
  .action(
    action<[string, string[]]>((options, progress, registry, names) =>
      pushImagesCommand(registry, names, options, progress),
    ),
  );

function replaceMesh(): Option {
  return new Option('--replace-mesh', 'existing clusters: install over a mesh that meshproof did not install').default(
    false,
  );
}

function allowDisruptive(): Option {
  const text = 'attached meshes: also behaviours that change the whole mesh for a moment';
  return new Option('--allow-disruptive', text).default(false);
}

function only(): Option {
  return new Option('--only <ids>', 'only these behaviours: ids or area prefixes, such as MTLS-2,LOC').argParser(words);
}

function not(): Option {
  return new Option('--not <ids>', 'all but these behaviours').argParser(words);
}

function tag(): Option {
  return new Option('--tag <tags>', 'only behaviours with one of these tags').argParser(words);
}

function lastFailed(): Option {
  return new Option('--last-failed', 'only behaviours that failed, or could not be told, in the newest report');
}

/** A list with commas; an option that is given again adds to it. */
function words(text: string, before: string[] = []): string[] {
  const more = text.split(',').map((word) => word.trim());
  if (more.includes('')) throw new InvalidArgumentError('words with commas between them are expected.');
  return [...before, ...more];
}

function long(): Option {
  return new Option('--long', "outlier detection with the documents' own times: an ejection lasts 600 s").default(
    false,
  );
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('a whole number from 1 on is expected.');
  return number;
}

function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ./meshproof ${line}`).join('\n')}`;
}

addProgramsToPath();
// what follows -- is Playwright's and must not be taken for topologies or options
const dashes = process.argv.indexOf('--');
const playwrightArgs = dashes < 0 ? [] : process.argv.slice(dashes + 1);
try {
  await program.parseAsync(dashes < 0 ? process.argv : process.argv.slice(0, dashes));
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // help and version are no errors; commander has printed its message and suggestion already
  process.exit(error.exitCode === 0 ? exitCode.passed : exitCode.usage);
}
