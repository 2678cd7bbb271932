import { bringUpLab, buildForLab, endLab, removeLab } from '../engine/lab-session.js';
import { exitCode, type ExitCode } from '../kernel/errors.js';
import { labStatus, type LabStatus } from '../supply/lab/lab-status.js';
import { agreeWith, type Consent } from './agree.js';
import type { GlobalOptions } from './global-options.js';
import { print } from './print.js';
import type { ProgressDisplay } from './progress-display.js';

/** `meshproof lab up`. */
export async function labUpCommand(
  flags: Consent,
  progress: ProgressDisplay,
  { istio, cni }: { istio?: readonly string[]; cni?: boolean } = {},
): Promise<ExitCode> {
  await bringUpLab(agreeWith(flags), progress, istio, { cni });
  return exitCode.passed;
}

/** `meshproof lab down`. */
export async function labDownCommand(flags: Consent, progress: ProgressDisplay): Promise<ExitCode> {
  await endLab(agreeWith(flags), progress);
  return exitCode.passed;
}

/** `meshproof lab remove`. */
export async function labRemoveCommand(flags: Consent, progress: ProgressDisplay): Promise<ExitCode> {
  await removeLab(agreeWith(flags), progress);
  return exitCode.passed;
}

/** `meshproof lab build`. */
export async function labBuildCommand(
  names: readonly string[],
  flags: { istio?: string; kubernetes?: string },
  progress: ProgressDisplay,
): Promise<ExitCode> {
  await buildForLab(names, flags, progress);
  return exitCode.passed;
}

/** `meshproof lab status`. */
export async function labStatusCommand(options: GlobalOptions): Promise<ExitCode> {
  const status = await labStatus();
  print(options, status, statusText(status));
  return exitCode.passed;
}

function statusText({ home, present, docker, images, programs, ...versions }: LabStatus): string {
  const daemon = docker.pid === undefined ? '' : `, the lab's own (process ${docker.pid})`;
  const there = images.expected - images.missing.length;
  const rows: [string, string][] = [
    ['folder', present ? home : `${home}: does not exist; ./meshproof lab up creates it`],
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
