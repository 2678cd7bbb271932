import { spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { chmod, copyFile, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import pRetry, { AbortError } from 'p-retry';
import { run } from '../../kernel/run-program.js';
import { docker, dockerAnswers, dockerLines } from '../../kernel/docker.js';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { unpackFromSid } from './debian.js';
import { dockerHost, inHome, runFolder } from './lab-home.js';
import {
  dockerDaemons,
  inotifyInstances,
  inotifyIsTooLow,
  machineNow,
  restoreMachine,
  setInotify,
} from './lab-machine.js';
import { changeLabState, readLabState } from './lab-state.js';

/** Docker and kind with what they start, by the package of Debian sid that holds them. */
const packages = ['docker.io', 'docker-cli', 'containerd', 'kind'];
const programs = {
  'usr/sbin': ['dockerd', 'docker-proxy'],
  'usr/bin': ['docker', 'containerd', 'containerd-shim-runc-v2', 'ctr', 'kind'],
};

export function dockerIsUnpacked(): boolean {
  return existsSync(inHome('bin', 'kind'));
}

/** Puts Docker, containerd and kind into the lab's own folder of programs. */
export async function unpackDocker(): Promise<void> {
  const root = await unpackFromSid(packages);
  await mkdir(inHome('bin'), { recursive: true });
  for (const [folder, names] of Object.entries(programs)) {
    for (const name of names) {
      const file = inHome('bin', name);
      await copyFile(path.join(root, folder, name), file);
      await chmod(file, 0o755);
    }
  }
}

/**
 * Starts the lab's Docker daemon, which goes on after this process, and waits until it answers. Further arguments of
 * dockerd come from MESHPROOF_LAB_DOCKERD, separated by spaces. Throws (exit 4) with the end of its log when it ends.
 */
export async function startDocker(): Promise<void> {
  if (!dockerHost().startsWith('unix://')) {
    throw new MeshproofError("the lab's Docker listens only on a local socket", exitCode.usage, {
      expected: `DOCKER_HOST=unix:///..., got ${dockerHost()}`,
    });
  }
  const before = await machineNow();
  changeLabState((state) => ({ machine: { ...before, ...state.machine } }));
  if (inotifyIsTooLow()) setInotify(String(inotifyInstances));
  await mkdir(path.dirname(dockerHost().slice('unix://'.length)), { recursive: true });
  const args = [
    ...['--data-root', inHome('docker'), '--exec-root', runFolder(), '--pidfile', inHome('dockerd.pid')],
    ...['-H', dockerHost(), ...(process.env['MESHPROOF_LAB_DOCKERD'] ?? '').split(' ').filter(Boolean)],
  ];
  const log = openSync(inHome('dockerd.log'), 'w');
  // neither a run's child, which `gc` would end, nor ended by this terminal
  const { MESHPROOF_CHILD_OF: _, ...env } = process.env;
  env['PATH'] = [inHome('bin'), env['PATH'], '/usr/sbin', '/sbin'].join(path.delimiter);
  const daemon = spawn(inHome('bin', 'dockerd'), args, { detached: true, stdio: ['ignore', log, log], env });
  let ended: string | undefined;
  daemon.on('error', (error) => (ended = error.message));
  daemon.on('exit', (code, signal) => (ended = `exit ${code ?? signal}`));
  daemon.unref();
  const asked = async (): Promise<void> => {
    if (await dockerAnswers()) return;
    const error = new MeshproofError(
      `the lab's Docker daemon does not answer at ${dockerHost()}`,
      exitCode.environment,
      {
        where: inHome('dockerd.log'),
        expected: `an answer within 60 s; ${ended ?? 'it is still starting'}:\n${lastLines(inHome('dockerd.log'))}`,
        remedy: 'correct what the log says, then run: ./meshproof lab up',
      },
    );
    throw ended === undefined ? error : new AbortError(error);
  };
  await pRetry(asked, { retries: 120, factor: 1, minTimeout: 500 });
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trim().split('\n').slice(-5).join('\n');
}

/** Process id of the lab's daemon; undefined when it does not run. */
export function daemonPid(): number | undefined {
  try {
    const pid = Number(readFileSync(inHome('dockerd.pid'), 'utf8'));
    const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
    return name === 'dockerd' ? pid : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Options for docker that lead to a daemon that `startDocker` started: what DOCKER_HOST or a context names by now may be
 * somebody else's.
 */
function toDaemon(pid: number): string[] {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  const socket = words[words.indexOf('-H') + 1];
  if (words.includes('-H') && socket) return ['-H', socket];
  throw new MeshproofError(`process ${pid} is not a Docker daemon of the lab`, exitCode.environment, {
    where: inHome('dockerd.pid'),
    expected: 'a dockerd that was started with -H',
    remedy: 'stop it, or delete that file if the process is not the lab’s',
  });
}

/** Every container of the lab's own daemon, with its state; none when that does not run. */
export async function labContainers(): Promise<string[]> {
  const pid = daemonPid();
  if (pid === undefined) return [];
  return dockerLines([...toDaemon(pid), 'ps', '-a', '--format', '{{.Names}} ({{.State}})'], { timeout: 20 });
}

/** Names of the containers that run in the Docker at hand. */
export async function runningContainers(): Promise<string[]> {
  const names = await docker(['ps', '--format', '{{.Names}}'], { timeout: 20 }).catch(() => '');
  return names.split('\n').filter(Boolean);
}

/**
 * Ends the daemon and everything that runs in it, and takes back what Docker set in the kernel. The data stays. Where another
 * Docker runs by now, the kernel's settings are that one's: a sentence that says so is returned, and the next time takes them back.
 */
export async function stopDocker(proc = '/proc'): Promise<string | undefined> {
  const pid = daemonPid();
  if (pid !== undefined) {
    const own = toDaemon(pid);
    const containers = await dockerLines([...own, 'ps', '-aq']);
    if (containers.length > 0) await docker([...own, 'rm', '-f', '-v', ...containers], { timeout: 120 });
    await docker([...own, 'network', 'prune', '-f']);
    process.kill(pid, 'SIGTERM');
    const ended = (): void => {
      if (daemonPid() !== undefined) throw new MeshproofError(`dockerd (${pid}) does not end`, exitCode.environment);
    };
    await pRetry(ended, { retries: 120, factor: 1, minTimeout: 250 });
  }
  await unmountBelow(runFolder());
  await rm(runFolder(), { recursive: true, force: true });
  const { machine } = readLabState();
  if (!machine) return undefined;
  const [other] = dockerDaemons(proc);
  if (other !== undefined)
    return `Docker's rules, bridge and settings stay, because another dockerd is running (process ${other})`;
  await restoreMachine(machine);
  changeLabState(() => ({ machine: undefined }));
  return undefined;
}

/** Unmounts what is mounted below a folder, the innermost first: the kernel keeps it otherwise. */
export async function unmountBelow(folder: string): Promise<void> {
  const mounts = (await run('findmnt', ['-rno', 'TARGET'])).split('\n');
  for (const mount of mounts.filter((target) => target.startsWith(`${folder}/`)).reverse()) {
    await run('umount', [mount]);
  }
}
