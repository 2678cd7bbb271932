import { createRequire } from 'node:module';
import path from 'node:path';
import { initProject } from '../engine/init-project.js';
import { exitCode, type ExitCode } from '../kernel/errors.js';
import { program } from '../kernel/project-files.js';
import { columns } from '../kernel/text-table.js';
import type { GlobalOptions } from './global-options.js';
import { print } from './print.js';

/** `meshproof init`: the files of a project. */
export function initCommand(name: string | undefined, options: GlobalOptions): ExitCode {
  const folder = path.resolve(name ?? '.');
  const steps = initProject(folder);
  const install = isInstalled(folder) ? [] : ['npm install --save-dev meshproof'];
  const next = [
    ...(folder === process.cwd() ? [] : [`cd ${path.relative('', folder)}`]),
    ...install,
    `${program} plan two-clusters`,
    `${program} run two-clusters --only OWN-1,LB-1`,
  ];
  const lines = columns(steps.map(({ file, done }) => [file, done]));
  const text = [...lines, '', 'Next:', ...next.map((command) => `  ${command}`)];
  print(options, { folder, files: steps, next }, text.join('\n'));
  return exitCode.passed;
}

/** Whether a file of the project can import meshproof. */
function isInstalled(folder: string): boolean {
  try {
    createRequire(path.join(folder, 'x.js')).resolve('meshproof/package.json');
    return true;
  } catch {
    return false;
  }
}
