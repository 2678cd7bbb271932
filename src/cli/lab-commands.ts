import { createInterface } from 'node:readline/promises';
import { dockerAnswers } from '../check/preflight-docker.js';
import { goPrograms } from '../supply/lab/go-programs.js';
import { addIstio } from '../supply/lab/istio-build.js';
import { addKubernetes } from '../supply/lab/kubernetes-build.js';
import { inHome } from '../supply/lab/lab-home.js';
import { providePrograms } from '../supply/lab/lab-programs.js';
import { labContainers } from '../supply/lab/lab-daemon.js';
import { labDown, labRemove } from '../supply/lab/remove-lab.js';
import { otherDocker } from '../supply/lab/other-docker.js';
import { readLabState } from '../supply/lab/lab-state.js';
import { labStatus, type LabStatus } from '../supply/lab/lab-status.js';
import { firstChanges, labUp } from '../supply/lab/lab-up.js';
import { nearest } from '../kernel/nearest-word.js';
import { exitCode, MeshproofError, type ExitCode } from '../kernel/errors.js';
import type { GlobalOptions } from './global-options.js';
import type { Progress } from './progress-display.js';

/** Options of the lab's commands. */
export interface LabFlags {
  yes?: boolean;
}

/**
 * `meshproof lab up`; also what a run of environment `lab` does first. Asks before it changes the machine. `istioVersions`
 * are some of the lab's own; by default it is the newest one.
 */
export async function labUpCommand(
  flags: LabFlags,
  progress: Progress,
  istioVersions?: readonly string[],
): Promise<ExitCode> {
  await refuseBeside();
  const changes = await firstChanges(istioVersions);
  if (changes.length > 0) await agree('the lab will', changes, flags);
  await labUp(progress, istioVersions);
  return exitCode.passed;
}

/** Throws (exit 3) where this machine has a Docker that does not answer: the lab would start another one in its place. */
async function refuseBeside(): Promise<void> {
  // what DOCKER_HOST names is where the lab is wanted
  const other = process.env['DOCKER_HOST'] ? undefined : otherDocker();
  if (other === undefined) return;
  const { check, info } = await dockerAnswers('docker');
  if (info) return;
  throw new MeshproofError(`this machine has a Docker that does not work: ${check.found}`, exitCode.preflight, {
    where: other,
    expected: 'a Docker that answers, or none, where the lab can start its own',
    remedy:
      'start or repair it; or have the lab beside it: DOCKER_HOST=unix:///run/mesh-lab/docker.sock ./meshproof lab up',
  });
}

/** `meshproof lab down`: ends Docker with its containers; asks when there are any. */
export async function labDownCommand(flags: LabFlags, progress: Progress): Promise<ExitCode> {
  const containers = await labContainers();
  if (containers.length > 0) await agree('this ends what runs in the lab', containers, flags);
  await labDown(progress);
  return exitCode.passed;
}

/** `meshproof lab remove`: takes back everything; always asks. */
export async function labRemoveCommand(flags: LabFlags, progress: Progress): Promise<ExitCode> {
  const containers = await labContainers();
  const { packages } = readLabState();
  const debian = packages.length > 0 ? [`of the Debian packages that came with the lab: ${packages.join(', ')}`] : [];
  await agree('this removes', [`${inHome()} with every image and program`, ...containers, ...debian], flags);
  await labRemove(progress);
  return exitCode.passed;
}

/** `meshproof lab build`: compiles programs without building images, or adds a whole Istio or Kubernetes. */
export async function labBuildCommand(
  names: readonly string[],
  flags: { istio?: string; kubernetes?: string },
  progress: Progress,
): Promise<ExitCode> {
  if (flags.istio !== undefined) {
    const { build, environment } = await addIstio(flags.istio, progress);
    progress.note(`Istio ${build.version} is there; use it with --environment ${environment} --istio ${build.version}`);
  }
  if (flags.kubernetes !== undefined) {
    const { build, environment } = await addKubernetes(flags.kubernetes, progress);
    progress.note(`Kubernetes ${build.version} is there; use it with --environment ${environment}`);
  }
  if (names.length === 0 && (flags.istio ?? flags.kubernetes) !== undefined) return exitCode.passed;
  const known = goPrograms.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const suggestion = nearest(unknown, known);
    throw new MeshproofError(`the lab has no program ${unknown}`, exitCode.usage, {
      expected: known.join(', '),
      remedy: suggestion ? `did you mean ${suggestion}?` : undefined,
    });
  }
  const wanted = goPrograms.filter(({ name, optional }) => (names.length > 0 ? names.includes(name) : !optional));
  await providePrograms(wanted, progress);
  return exitCode.passed;
}

/** `meshproof lab status`. */
export async function labStatusCommand(options: GlobalOptions): Promise<ExitCode> {
  const status = await labStatus();
  process.stdout.write(options.output === 'json' ? `${JSON.stringify(status, null, 2)}\n` : statusText(status));
  return exitCode.passed;
}

function statusText({ home, present, docker, images, programs, ...versions }: LabStatus): string {
  const daemon = docker.pid === undefined ? '' : `, the lab's own (process ${docker.pid})`;
  const there = images.expected - images.missing.length;
  const rows: [string, string][] = [
    ['folder', present ? home : `${home}: nothing there; ./meshproof lab up makes it`],
    ['Docker', `${docker.host}: ${docker.answers ? `answers${daemon}` : 'does not answer'}`],
    ['containers', `${docker.containers.length} running`],
    [
      'images',
      `${there} of ${images.expected}${images.missing.map((name) => `\n              missing ${name}`).join('')}`,
    ],
    ['programs', `${programs.present} unpacked, ${programs.inCache} in the cache, ${programs.toBuild.length} to build`],
    ['cache', programs.cache ?? 'none'],
    ['Kubernetes', versions.kubernetes.join(', ')],
    ['Istio', versions.istio.join(', ')],
    ['Go', versions.go],
    ['use it', `export PATH=$PATH:${home}/bin`],
  ];
  return rows.map(([name, text]) => `${name.padEnd(12)}  ${text}\n`).join('');
}

/** Asks whether to go on; only --yes answers it without. Throws (exit 2 or 3) when nobody can answer, or the answer is no. */
export async function agree(what: string, list: readonly string[], flags: LabFlags): Promise<void> {
  const text = `${what}:\n${list.map((line) => `  - ${line}\n`).join('')}`;
  if (flags.yes) return;
  if (!process.stdin.isTTY) {
    throw new MeshproofError(`nobody can be asked whether to go on; ${text.trimEnd()}`, exitCode.usage, {
      remedy: 'add --yes if this is wanted',
    });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${text}Go on? [y/N] `);
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    terminal.close();
  }
  throw new MeshproofError('stopped: the answer was no', exitCode.preflight);
}
