import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Steps } from '../../kernel/steps.js';
import { readEnvironment } from '../read-environment.js';
import { requireLab, writeEnvironment } from './lab-environment.js';
import { istioPrograms, type IstioBuild } from './go-programs.js';
import { downloadModule, go } from './go-toolchain.js';
import { inHome } from './lab-home.js';
import { buildImage, istioImages, missingImages } from './lab-images.js';
import { linkProgram, provideCharts } from './lab-up.js';
import { providePrograms } from './lab-programs.js';
import { changeLabState } from './lab-state.js';

/**
 * Adds a build of any commit of Istio that the Go module proxy has: programs, images, charts, and an environment of its
 * own, whose path is returned. The lab must be up. `query` is what Go takes behind istio.io/istio@, e.g. a commit or
 * v0.0.0-<time>-<commit>.
 */
export async function addIstio(query: string, steps: Steps): Promise<{ build: IstioBuild; environment: string }> {
  await requireLab();
  const source = await steps.step(`istio.io/istio@${query}`, {}, () => downloadModule(`istio.io/istio@${query}`));
  const release = (await readFile(path.join(source.Dir, 'VERSION'), 'utf8')).trim();
  const build = { version: istioVersion(release, source.Version), moduleVersion: source.Version };
  const module = inHome('modules', `istio-${build.version}`);
  const programs = istioPrograms(build, module).filter(({ optional }) => !optional);
  await steps.step(`modules of Istio ${build.version}`, {}, async () => {
    await mkdir(module, { recursive: true });
    const own = await readFile(source.GoMod, 'utf8');
    await writeFile(path.join(module, 'go.mod'), goModOf(own, `lab/istio-${build.version}`, source.Version));
    await copyFile(path.join(source.Dir, 'go.sum'), path.join(module, 'go.sum'));
    // adds the checksums of Istio itself, which its own go.sum cannot have
    const packages = programs.map((program) => program.package);
    await go(['list', '-mod=mod', '-deps', '-f', '{{""}}', ...packages], module, 1200);
  });
  await providePrograms(programs, steps);
  for (const image of await missingImages(istioImages(build, module))) {
    await steps.step(image.name, {}, () => buildImage(image));
  }
  await linkProgram(`istioctl-${build.version}`, `istio-${build.version}-istioctl`);
  await provideCharts(build, module);
  const { istioVersions, notes } = readEnvironment('lab');
  const environment = await writeEnvironment(`istio-${build.version}`, {
    istioVersions: [...istioVersions, build.version],
    notes: [...notes, `Istio ${build.version} is istio.io/istio@${build.moduleVersion}.`],
  });
  changeLabState(({ istio }) => ({ istio: [...istio.filter(({ version }) => version !== build.version), build] }));
  return { build, environment };
}

/** The version that topologies ask for: the release that the commit works towards, and the commit, e.g. 1.32.0-9739e10eb9d7. */
export function istioVersion(release: string, moduleVersion: string): string {
  const [major = '', minor = '', patch = '0'] = release.split('.');
  return `${major}.${minor}.${patch}-${moduleVersion.split('-').at(-1)}`;
}

/** go.mod of a module that builds Istio's programs with exactly the versions that Istio's own go.mod names. */
export function goModOf(istioGoMod: string, name: string, version: string): string {
  const requires = istioGoMod.replace(/^module .*$/m, `module ${name}`);
  return `${requires.trimEnd()}\n\nrequire istio.io/istio ${version}\n`;
}
