import { copyFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Steps } from '../../kernel/steps.js';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { requireLab, writeEnvironment } from './lab-environment.js';
import { goPrograms, kubernetesProgram } from './go-programs.js';
import { downloadModule, go, moduleFolder } from './go-toolchain.js';
import { inHome } from './lab-home.js';
import {
  buildNodeImage,
  nodeImageIsMissing,
  nodeImageName,
  nodePrograms,
  type KubernetesBuild,
} from './lab-node-image.js';
import { programFile, providePrograms } from './lab-programs.js';
import { changeLabState } from './lab-state.js';

/**
 * Adds a release of Kubernetes: its program, a node image, and an environment of its own, whose path is returned. The lab
 * must be up. `query` is what Go takes behind k8s.io/kubernetes@, e.g. v1.36.3. Throws (exit 2) when it is no release.
 */
export async function addKubernetes(
  query: string,
  steps: Steps,
): Promise<{ build: KubernetesBuild; environment: string }> {
  await requireLab();
  const title = `k8s.io/kubernetes@${query}`;
  const source = await steps.step(title, {}, () => downloadModule(title));
  const version = kubernetesRelease(source.Version);
  const build = { version, program: `kubernetes-${version}` };
  const module = inHome('modules', build.program);
  const program = kubernetesProgram(version, build.program, module);
  await steps.step(`modules of Kubernetes ${version}`, {}, async () => {
    await mkdir(module, { recursive: true });
    const own = await readFile(source.GoMod, 'utf8');
    await writeFile(path.join(module, 'go.mod'), kubernetesGoMod(own, `lab/${build.program}`, version));
    await copyFile(path.join(source.Dir, 'go.sum'), path.join(module, 'go.sum'));
    await copyFile(path.join(moduleFolder({ module: 'kubernetes' }), 'main.go'), path.join(module, 'main.go'));
    // adds the checksums of Kubernetes itself and of the modules that are folders of its source
    await go(['list', '-mod=mod', '-deps', '-f', '{{""}}', program.package], module, 1200);
  });
  const names = nodePrograms(build);
  await providePrograms([program, ...goPrograms.filter(({ name }) => names.includes(name))], steps);
  if (await nodeImageIsMissing(build)) await steps.step(nodeImageName(build), {}, () => buildNodeImage(build));
  await linkKubectl(build);
  const environment = await writeEnvironment(`kubernetes-${version}`, { kubernetes: version });
  changeLabState(({ kubernetes }) => ({
    kubernetes: [...kubernetes.filter((other) => other.version !== version), build],
  }));
  return { build, environment };
}

/** Puts the kubectl of a build where `addProgramsToPath` finds it: the lab's own is too old or too new for other minors. */
async function linkKubectl({ version, program }: KubernetesBuild): Promise<void> {
  const folder = inHome('kubectl', version);
  await mkdir(folder, { recursive: true });
  await rm(path.join(folder, 'kubectl'), { force: true });
  await symlink(programFile(program), path.join(folder, 'kubectl'));
}

/** Version of a release without its v. Of other commits the parts that are modules of their own are not published. */
export function kubernetesRelease(moduleVersion: string): string {
  if (/^v1\.\d+\.\d+(-(alpha|beta|rc)\.\d+)?$/.test(moduleVersion)) return moduleVersion.slice(1);
  throw new MeshproofError(`Kubernetes ${moduleVersion} is not a release`, exitCode.usage, {
    expected: 'a release on the Go module proxy, e.g. v1.36.3',
  });
}

/**
 * go.mod of a module that builds Kubernetes' programs with exactly the versions that Kubernetes' own go.mod names. What
 * is a folder there (k8s.io/api => ./staging/src/k8s.io/api) is published as v0 of the same release.
 */
export function kubernetesGoMod(own: string, name: string, version: string): string {
  const requires = own
    .replace(/^module .*$/m, `module ${name}`)
    .replace(/(\S+) => \.\/staging\/\S+/g, `$1 => $1 ${version.replace(/^1\./, 'v0.')}`);
  return `${requires.trimEnd()}\n\nrequire k8s.io/kubernetes v${version}\n`;
}
