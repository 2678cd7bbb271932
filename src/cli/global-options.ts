import { Option, type Command } from 'commander';
import type { Filters } from '../engine/selection.js';

/** Options that every command takes. */
export interface GlobalOptions {
  output: 'text' | 'json';
  environment?: string;
  /** The file that names the environment, when no option does. */
  environmentFrom?: string;
  registry?: string;
  images?: string;
  /** Versions that are asked for, see VersionRequest. */
  istio?: string;
  kubernetes?: string;
  hub?: string;
  tag?: string;
  istioctl?: string;
  mirror?: string;
  verbose?: boolean;
  debug?: boolean;
  keep?: boolean;
  /** Answers the questions of the lab. */
  yes?: boolean;
  color: boolean;
}

/** What `run` alone is asked. */
export interface RunFlags extends Filters {
  /** New clusters for every topology. */
  fresh: boolean;
  /** How many topologies may be proven side by side. */
  parallel: number;
  timings: boolean;
  replaceMesh: boolean;
  allowDisruptive: boolean;
  long: boolean;
}

export type RunOptions = GlobalOptions & RunFlags;

/** Adds the options of every command to the program. */
export function addGlobalOptions(program: Command): Command {
  return program
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
}
