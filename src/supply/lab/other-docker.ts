import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { dockerIsUnpacked } from './lab-daemon.js';
import { inHome } from './lab-home.js';

/** Where packages put the daemon, on PATH or not. */
const usual = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/snap/bin'];

const socket = '/var/run/docker.sock';

/**
 * What shows that this machine has a Docker of its own, or is meant to use one elsewhere: a daemon that is installed, a context,
 * or a socket that the lab did not make. The docker program alone is none. Undefined where nothing shows it.
 */
export function otherDocker(exists: (file: string) => boolean = existsSync): string | undefined {
  const context = process.env['DOCKER_CONTEXT'] || currentContext();
  if (context !== undefined && context !== 'default') return `Docker's context is ${context}`;
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), ...usual];
  const own = inHome('bin');
  const daemon = folders
    .filter((folder) => folder !== '' && path.resolve(folder) !== own)
    .map((folder) => path.join(folder, 'dockerd'))
    .find(exists);
  if (daemon !== undefined) return `${daemon} is installed`;
  return !dockerIsUnpacked() && exists(socket) ? `a socket exists: ${socket}` : undefined;
}

/** The context that `docker context use` has chosen. */
function currentContext(): string | undefined {
  const folder = process.env['DOCKER_CONFIG'] || path.join(homedir(), '.docker');
  try {
    const text = readFileSync(path.join(folder, 'config.json'), 'utf8');
    return (JSON.parse(text) as { currentContext?: string }).currentContext || undefined;
  } catch {
    return undefined;
  }
}
