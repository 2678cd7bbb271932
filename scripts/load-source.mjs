import path from 'node:path';
import { runnerImport } from 'vite';

/** The module of a TypeScript file below `root`, which needs no build. */
export async function loadSource(root, file) {
  const { module } = await runnerImport(path.join(root, file), { root, configFile: false, logLevel: 'error' });
  return module;
}
