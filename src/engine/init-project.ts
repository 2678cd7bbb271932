import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectFolder } from '../kernel/project-files.js';
import { configNames } from './open-project.js';

/** What `init` did with a file of a project. */
export interface InitStep {
  /** Relative to the folder. */
  file: string;
  done: 'written' | 'left as it is' | 'added to';
}

/** What a project does not put under version control. */
const ignored = ['node_modules/', 'reports/', 'refused/', '.partial-reports/'];

/** Writes the files of a project into a folder, which is made where it does not exist. A file that exists is never overwritten. */
export function initProject(folder: string): InitStep[] {
  const write = (template: string, file = template): InitStep => {
    const target = path.join(folder, file);
    if (existsSync(target)) return { file, done: 'left as it is' };
    mkdirSync(path.dirname(target), { recursive: true });
    copyFileSync(path.join(projectFolder, 'templates', template), target);
    return { file, done: 'written' };
  };
  const config = configNames.find((name) => existsSync(path.join(folder, name)));
  return [
    config ? { file: config, done: 'left as it is' } : write('meshproof.config.ts', configName(folder)),
    write('topologies/two-clusters.yaml'),
    write('behaviours/OWN-1.spec.ts'),
    write('behaviours/OWN-1.yaml'),
    ignore(folder),
  ];
}

/** Node.js reads a file of ES modules by its name where package.json does not say that all of them are. */
function configName(folder: string): string {
  const file = path.join(folder, 'package.json');
  const { type } = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { type?: string }) : {};
  return `meshproof.config.${type === 'module' ? 'ts' : 'mts'}`;
}

function ignore(folder: string): InitStep {
  const file = '.gitignore';
  const target = path.join(folder, file);
  const text = existsSync(target) ? readFileSync(target, 'utf8') : undefined;
  const lines = (text ?? '').split('\n').map((line) => line.trim().replace(/^\//, ''));
  const missing = ignored.filter((entry) => !lines.includes(entry) && !lines.includes(entry.slice(0, -1)));
  if (missing.length === 0) return { file, done: 'left as it is' };
  const gap = text && !text.endsWith('\n') ? '\n' : '';
  appendFileSync(target, `${gap}${missing.join('\n')}\n`);
  return { file, done: text === undefined ? 'written' : 'added to' };
}
