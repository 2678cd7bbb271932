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
    .addOption(new Option('--output <format>', 'format of stdout').choices(['text', 'json']).default('text'))
    .option('--environment <name>', 'source of programs and images: public, lab, or a file')
    .option('--registry <host>', 'pull every image from this registry instead')
    .option('--mirror <url>', 'download programs and manifests from this address instead')
    .option('--images <file>', 'YAML file of "role: image", for single images from elsewhere')
    .option('--config <file>', 'project configuration to use, instead of the nearest meshproof.config.*')
    .option('--reports <folder>', 'folder of all reports, instead of reports/')
    .option('--keep', 'keep the clusters when the command ends')
    .option('--yes', 'let the lab change this machine without asking')
    .option('--verbose', 'print every command that is run')
    .option('--debug', 'show stack traces')
    .option('--no-color', 'no colour');
}
