import { existsSync } from 'node:fs';
import path from 'node:path';
import { useReportsFolder } from '../engine/report-paths.js';
import { configSchema } from '../supply/environment-schema.js';
import { readYaml } from '../topology/read-yaml.js';
import type { GlobalOptions } from './global-options.js';

/**
 * The options of a command: from the command line, then meshproof.yaml in the working directory, then the user's
 * project. Registers the topologies, behaviours and faults of that project.
 */
export async function readOptions(given: GlobalOptions): Promise<GlobalOptions> {
  const { openProject } = await import('../engine/open-project.js');
  const project = await openProject(given.config);
  if (given.reports !== undefined) useReportsFolder(path.resolve(given.reports));
  const yaml = readConfig(given);
  const options = { ...project, ...yaml, ...given };
  return given.environment === undefined ? options : { ...options, environmentFrom: undefined };
}

/** Options in meshproof.yaml of the folder one is in. */
function readConfig(given: GlobalOptions, file = 'meshproof.yaml'): Partial<GlobalOptions> {
  if (!existsSync(file)) return {};
  const config = readYaml(file, configSchema).data;
  const named = config.environment !== undefined && given.environment === undefined;
  return { ...config, ...(named ? { environmentFrom: file } : {}) };
}
