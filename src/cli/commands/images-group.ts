import { Option, type Command } from 'commander';
import { action } from '../action.js';
import { addVersionOptions, examples } from './shared-options.js';

function replace(): Option {
  return new Option('--force', 'replace files that were changed, and move names that other images have');
}

/** images list, save, load, push. */
export function addImageCommands(program: Command): void {
  const images = program
    .command('images')
    .description('the images and programs of plans, for networks without the internet');
  addVersionOptions(images.command('list'))
    .description(
      'every image, program and file that the topologies need; without any, those of the four documented ones',
    )
    .argument('[topology...]', 'names or paths')
    .addHelpText('after', examples('images list', 'images list mixed --output json'))
    .action(
      action<[string[]]>(async (options, progress, names) =>
        (await import('../images-commands.js')).listImagesCommand(names, options, progress),
      ),
    );
  addVersionOptions(images.command('save'))
    .description('put them into one archive, pulling and downloading what is missing')
    .argument('<archive>', 'file to write')
    .argument('[topology...]', 'names or paths')
    .addHelpText('after', examples('images save meshproof.tar', 'images save mixed.tar mixed'))
    .action(
      action<[string, string[]]>(async (options, progress, file, names) =>
        (await import('../images-commands.js')).saveImagesCommand(file, names, options, progress),
      ),
    );
  images
    .command('load')
    .description('put an archive into the local Docker and the cache of programs')
    .argument('<archive>', 'file of images save')
    .option('--folder <folder>', 'into a folder instead, laid out for a file server that --mirror names')
    .addOption(replace())
    .addHelpText('after', examples('images load meshproof.tar', 'images load meshproof.tar --folder /srv/mirror'))
    .action(
      action<[string, { folder?: string; force?: boolean }]>(async (options, progress, file, flags) =>
        (await import('../images-commands.js')).loadImagesCommand(file, flags, options, progress),
      ),
    );
  addVersionOptions(images.command('push'))
    .description('push them from the local Docker to a registry')
    .argument('<registry>', 'host[:port][/path]')
    .argument('[topology...]', 'names or paths')
    .addOption(replace())
    .addHelpText('after', examples('images push registry.example.com:5000/mirror'))
    .action(
      action<[string, string[], { force?: boolean }]>(async (options, progress, registry, names, flags) =>
        (await import('../images-commands.js')).pushImagesCommand(registry, names, flags, options, progress),
      ),
    );
}
