import { Option, type Command } from 'commander';
import type { EnvironmentOptions, RunFlags } from '../engine/engine-options.js';

/** Options that every command takes. */
export interface GlobalOptions extends EnvironmentOptions {
  output: 'text' | 'json';
  verbose?: boolean;
  debug?: boolean;
  keep?: boolean;
  /** Answers the questions of the lab. */
  yes?: boolean;
  color: boolean;
  /** Folder of all reports. */
  reports?: string;
  /** The configuration of the user's project, instead of the nearest one. */
  config?: string;
}

/** What `run` alone is asked. */
export interface RunCommandFlags extends RunFlags {
  timings: boolean;
}

export type RunCommandOptions = GlobalOptions & RunCommandFlags;

/** Adds the options of every command to the program. */
export function addGlobalOptions(program: Command): Command {
  return program
    .addOption(new Option('--output <format>', 'what is written to stdout').choices(['text', 'json']).default('text'))
    .option('--environment <name>', 'where programs and images come from: public, lab, or a file')
    .option('--registry <host>', 'take every image from this registry instead')
    .option('--mirror <url>', 'download programs and manifests below this address instead')
    .option('--images <file>', 'take single images from elsewhere: a YAML file of role: image')
    .option('--config <file>', 'the configuration of your project, instead of the nearest meshproof.config.*')
    .option('--reports <folder>', 'folder of all reports, instead of reports/')
    .option('--keep', 'leave the clusters when the command ends')
    .option('--yes', 'change this machine for the lab without asking')
    .option('--verbose', 'name every command that is run')
    .option('--debug', 'show stack traces')
    .option('--no-color', 'no colour');
}
