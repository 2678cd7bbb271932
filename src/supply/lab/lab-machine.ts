import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../../kernel/run-program.js';
import type { MachineBefore } from './lab-state.js';

/**
 * inotify instances that a user may have in the lab. The kernel's 128 are enough for the proxies of two clusters, not of
 * four: a proxy that gets none never starts.
 */
export const inotifyInstances = 1024;

const inotifySetting = 'fs.inotify.max_user_instances';

export function inotifyIsTooLow(): boolean {
  return Number(kernelSetting(inotifySetting)) < inotifyInstances;
}

export function setInotify(instances: string): void {
  writeFileSync(settingFile(inotifySetting), instances);
}

function kernelSetting(name: string): string {
  return readFileSync(settingFile(name), 'utf8').trim();
}

const settingFile = (name: string): string => `/proc/sys/${name.replaceAll('.', '/')}`;

/** Process ids of the Docker daemons that use this process's network. */
export function dockerDaemons(proc = '/proc'): number[] {
  const network = (pid: string): string => readlinkSync(path.join(proc, pid, 'ns/net'));
  return readdirSync(proc)
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const name = readFileSync(path.join(proc, pid, 'comm'), 'utf8').trim();
        return name === 'dockerd' && network(pid) === network('self');
      } catch {
        // it has ended
        return false;
      }
    })
    .map(Number);
}

export async function machineNow(): Promise<MachineBefore> {
  const rules = await run('iptables', ['-S', 'FORWARD']);
  return {
    ipForward: kernelSetting('net.ipv4.ip_forward'),
    inotifyInstances: kernelSetting(inotifySetting),
    forwardPolicy: /^-P FORWARD (\S+)/m.exec(rules)?.[1] ?? 'ACCEPT',
    bridge: existsSync('/sys/class/net/docker0'),
    absent: ['/run/docker', '/run/containerd', '/opt/containerd', '/etc/docker'].filter(
      (folder) => !existsSync(folder),
    ),
  };
}

/** Removes Docker's chains and bridge where there were none before the lab, and sets what it changed to what it was. */
export async function restoreMachine(before: MachineBefore): Promise<void> {
  // what somebody has set since is theirs
  const ours = kernelSetting(inotifySetting) === String(inotifyInstances);
  if (ours && before.inotifyInstances) setInotify(before.inotifyInstances);
  if (before.bridge) return;
  for (const iptables of ['iptables', 'ip6tables']) {
    for (const table of ['filter', 'nat', 'raw']) {
      const rules = await run(iptables, ['-t', table, '-S']).catch(() => '');
      for (const undo of undoRules(rules)) await run(iptables, ['-t', table, ...undo]);
    }
  }
  await run('iptables', ['-P', 'FORWARD', before.forwardPolicy]);
  await run('sysctl', ['-q', '-w', `net.ipv4.ip_forward=${before.ipForward}`]);
  if (existsSync('/sys/class/net/docker0')) await run('ip', ['link', 'delete', 'docker0']);
  for (const folder of before.absent) await removeDockers(folder);
}

/** Arguments of iptables that take back every rule and chain of Docker in what `iptables -S` printed. */
export function undoRules(printed: string): string[][] {
  const lines = printed.split('\n').map((line) => line.trim().split(' '));
  const ours = (name: string | undefined): boolean => /^DOCKER(-|$)/.test(name ?? '');
  const chains = lines.filter(([what, name]) => what === '-N' && ours(name)).map(([, name]) => name!);
  // rules of other chains that lead into Docker's, or hide the addresses behind its bridge
  const jumps = lines.filter(
    ([what, chain, ...rest]) =>
      what === '-A' && !ours(chain) && (ours(rest[rest.indexOf('-j') + 1]) || rest.includes('docker0')),
  );
  return [
    ...jumps.map(([, ...rule]) => ['-D', ...rule]),
    ...chains.map((chain) => ['-F', chain]),
    ...chains.map((chain) => ['-X', chain]),
  ];
}

/**
 * Removes a folder that Docker made. Outside /run, where nothing outlives the machine's next start, only what Docker itself puts
 * there goes: its key and empty folders. A file of the user's stays, with its folder.
 */
export async function removeDockers(folder: string): Promise<void> {
  if (folder.startsWith('/run/')) return rm(folder, { recursive: true, force: true });
  await rm(path.join(folder, 'key.json'), { force: true });
  await removeEmpty(folder);
}

async function removeEmpty(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeEmpty(path.join(folder, entry.name));
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'ENOENT') throw error;
  });
}
