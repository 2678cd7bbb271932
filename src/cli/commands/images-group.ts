import { Option, type Command } from 'commander';
import { action } from '../action.js';
import { addVersionOptions, examples } from './shared-options.js';

function replace(): Option {
  return new Option('--force', 'replace changed files, and take names away from other images');
}

/** images list, save, load, push. */
export function addImageCommands(program: Command): void {
  const images = program.command('images').description('images and programs for networks without internet access');
  addVersionOptions(images.command('list'))
    .description('list all images, programs and files that the topologies need; default: the four documented ones')
    .argument('[topology...]', 'names or paths')
    .addHelpText('after', examples('images list', 'images list mixed --output json'))
    .action(
      action<[string[]]>(async (options, progress, names) =>
        (await import('../images-commands.js')).listImagesCommand(names, options, progress),
      ),
    );
  addVersionOptions(images.command('save'))
    .description('save them in one archive; pull and download what is missing')
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
    .description('load an archive into the local Docker and the program cache')
    .argument('<archive>', 'file written by images save')
    .option('--folder <folder>', 'write to a folder instead, for a file server to use with --mirror')
    .addOption(replace())
    .addHelpText('after', examples('images load meshproof.tar', 'images load meshproof.tar --folder /srv/mirror'))
    .action(
      action<[string, { folder?: string; force?: boolean }]>(async (options, progress, file, flags) =>
        (await import('../images-commands.js')).loadImagesCommand(file, flags, options, progress),
      ),
    );
  addVersionOptions(images.command('push'))
    .description('push the images from the local Docker to a registry')
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
