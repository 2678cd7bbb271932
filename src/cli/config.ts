import { existsSync } from 'node:fs';
import { configSchema } from '../supply/environment-schema.js';
import { readYaml } from '../topology/read-yaml.js';
import type { GlobalOptions } from './global-options.js';

/** Options that stand in meshproof.yaml of the folder one is in; the command line's own win over them. */
export function readConfig(given: GlobalOptions, file = 'meshproof.yaml'): Partial<GlobalOptions> {
  if (!existsSync(file)) return {};
  const config = readYaml(file, configSchema).data;
  const named = config.environment !== undefined && given.environment === undefined;
  return { ...config, ...(named ? { environmentFrom: file } : {}) };
}
