import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { useChecks } from '../check/project-checks.js';
import { useFaults } from '../fault/project-faults.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { usePacks } from '../kernel/packs.js';
import { asShown, isPath } from '../kernel/project-files.js';
import { scaleTimeLimits } from '../kernel/time-limits.js';
import type { EnvironmentOptions, LimitOptions } from './engine-options.js';
import type { ProjectConfig } from './project-config.js';
import { useReportsFolder } from './report-paths.js';

/** What a configuration says that is also an option of commands. */
export type ProjectOptions = EnvironmentOptions & Pick<LimitOptions, 'knownIssues'>;

/** Names of the file that makes a folder a project. */
export const configNames = ['ts', 'mts', 'js', 'mjs'].map((end) => `meshproof.config.${end}`);

/**
 * Finds the configuration of the project around the working directory, or takes the given file. Registers its
 * topologies, behaviours and faults. Returns its options, or none without a project. Throws (exit 2) for an unusable
 * configuration.
 */
export async function openProject(named?: string): Promise<ProjectOptions> {
  const file = named === undefined ? findConfig(process.cwd()) : path.resolve(named);
  if (file === undefined) return {};
  const config = await readConfig(file);
  const root = path.dirname(file);
  const inRoot = (given: string): string => path.resolve(root, given);
  const folder = (key: 'topologies' | 'behaviours'): string | undefined => {
    const given = inRoot(config[key] ?? key);
    if (isFolder(given)) return given;
    if (config[key] === undefined) return undefined;
    throw refused(file, `${key}: there is no folder ${given}`);
  };
  usePacks([{ root, topologies: folder('topologies'), behaviours: folder('behaviours') }]);
  useFaults(config.faults ?? []);
  useChecks(config.checks ?? [], file);
  useReportsFolder(config.reports === undefined ? undefined : inRoot(config.reports));
  scaleTimeLimits(config.timeouts?.scale ?? 1);
  const { environment, registry, mirror, images, istio, kubernetes, hub, tag, istioctl, installer } = config;
  const options: ProjectOptions = {
    environment: environment !== undefined && isPath(environment) ? inRoot(environment) : environment,
    environmentFrom: environment === undefined ? undefined : asShown(file),
    registry,
    mirror,
    images: images === undefined ? undefined : inRoot(images),
    istio,
    kubernetes,
    hub,
    tag,
    installer,
    istioctl: istioctl?.includes('/') ? inRoot(istioctl) : istioctl,
    knownIssues: config.knownIssues === undefined ? undefined : asShown(inRoot(config.knownIssues)),
  };
  // what is not said must not hide what is said elsewhere
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** The nearest configuration, from `folder` upwards. */
function findConfig(folder: string): string | undefined {
  const [found, other] = configNames.map((name) => path.join(folder, name)).filter((file) => existsSync(file));
  if (found !== undefined && other !== undefined)
    throw refused(found, `${path.basename(other)} is in the same folder`, 'one configuration file in each folder');
  const above = path.dirname(folder);
  return found ?? (above === folder ? undefined : findConfig(above));
}

async function readConfig(file: string): Promise<ProjectConfig> {
  if (!existsSync(file)) throw refused(file, 'the file does not exist');
  let loaded: { default?: unknown };
  try {
    loaded = (await import(pathToFileURL(file).href)) as typeof loaded;
  } catch (error) {
    throw refused(file, `cannot load it: ${(error as Error).message}`, 'a module', remedyFor(error), error);
  }
  const { projectSchema } = await import('./project-config.js');
  const checked = projectSchema.safeParse(loaded.default);
  if (checked.success) return checked.data;
  const said = checked.error.issues.map(
    ({ path: keys, message }) => `${keys.join('.') || 'default export'}: ${message}`,
  );
  throw refused(file, said.join('\n  '), 'export default defineConfig({ ... })');
}

function remedyFor(error: unknown): string | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_MODULE_NOT_FOUND' && message.includes("'meshproof'"))
    return 'install meshproof in this project: npm install --save-dev meshproof';
  if (error instanceof SyntaxError)
    return 'an ES module needs "type": "module" in package.json, or a file name with .mjs or .mts';
  return undefined;
}

function isFolder(folder: string): boolean {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function refused(file: string, problem: string, expected?: string, remedy?: string, cause?: unknown): MeshproofError {
  return new MeshproofError(problem, exitCode.usage, { where: asShown(file), expected, remedy, cause });
}
