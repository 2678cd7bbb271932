import { existsSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import ipaddr from 'ipaddr.js';
import type { Plan } from '../topology/types.js';
import { CommandError, run } from './command.js';
import { gib, type Check } from './preflight.js';

/** The part of `docker info` that is looked at. */
export interface DockerInfo {
  OperatingSystem: string;
  DockerRootDir: string;
  /** bytes */
  MemTotal: number;
  ServerVersion: string;
  HttpsProxy?: string;
  RegistryConfig?: { Mirrors?: string[] | null; IndexConfigs?: Record<string, { Secure?: boolean }> };
  ServerErrors?: string[];
}

/** Asks the daemon who it is; its answer, or a check that tells a missing socket, a missing right and a dead daemon apart. */
export async function dockerAnswers(docker: string): Promise<{ check: Check; info?: DockerInfo }> {
  const base = { name: 'docker daemon', expected: 'a Docker daemon that answers', level: 'error' as const };
  try {
    const info = JSON.parse(await run(docker, ['info', '--format', '{{json .}}'], { timeout: 5 })) as DockerInfo;
    const problem = info.ServerErrors?.join('; ');
    if (problem) return { check: { ...base, ok: false, ...dockerTrouble(problem) } };
    return { check: { ...base, ok: true, found: `Docker ${info.ServerVersion}`, remedy: '' }, info };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { check: { ...base, ok: false, ...dockerTrouble(error.output || error.message) } };
  }
}

/** What the docker program says when there is no daemon for it, as what was found and what to do. */
export function dockerTrouble(output: string, exists = existsSync): Pick<Check, 'found' | 'remedy'> {
  const start = 'start Docker (`sudo systemctl start docker`; in the lab environment `meshproof lab up`)';
  const socket = /unix:\/\/(\/[^\s:]+?)(?=[\s:]|\. |$)/.exec(output)?.[1];
  if (/permission denied/i.test(output)) {
    return {
      found: `no permission to use Docker's socket${socket ? ` ${socket}` : ''}`,
      remedy: 'join the docker group (`sudo usermod -aG docker $USER`, then log in again), or run as root',
    };
  }
  if (socket && !exists(socket)) {
    return {
      found: `Docker's socket ${socket} does not exist`,
      remedy: `install Docker or ${start}; is DOCKER_HOST right?`,
    };
  }
  if (/cannot connect|connection refused|is the docker daemon running/i.test(output)) {
    const where = socket ?? /tcp:\/\/[^\s?]+?(?=\.?\s|$)/.exec(output)?.[0];
    return { found: `no daemon answers at ${where ?? "Docker's address"}`, remedy: start };
  }
  if (/did not end within/.test(output))
    return { found: 'the Docker daemon did not answer within 5 s', remedy: 'restart Docker' };
  return { found: output.trim().split('\n').at(-1) ?? 'no answer', remedy: 'see that `docker info` works' };
}

/** Containers must be reachable by their addresses: so when Docker's bridge is an interface of this very host. */
export async function dockerNative(docker: string, info: DockerInfo): Promise<Check> {
  const gateway = await run(
    docker,
    ['network', 'inspect', 'bridge', '-f', '{{range .IPAM.Config}}{{.Gateway}} {{end}}'],
    {
      timeout: 5,
    },
  ).catch(() => '');
  const first = gateway.split(' ').find((address) => address.includes('.'));
  const trie = await readFile('/proc/net/fib_trie', 'utf8').catch(() => '');
  const ok = process.platform === 'linux' && (first === undefined || localAddresses(trie).has(first));
  return {
    name: 'docker addresses',
    ok,
    found: `${info.OperatingSystem}${first ? `, bridge at ${first}` : ''}`,
    expected: 'container addresses that this machine can reach (Docker on this Linux itself, not in a virtual machine)',
    remedy:
      'run meshproof where the Docker daemon runs; Docker Desktop, remote and rootless daemons hide their containers',
    level: 'warning',
  };
}

/** The IPv4 addresses of this host's own interfaces, those without a link included, out of /proc/net/fib_trie. */
export function localAddresses(fibTrie: string): Set<string> {
  return new Set([...fibTrie.matchAll(/\|-- (\S+)\n\s+\/32 host LOCAL/g)].map((match) => match[1] ?? ''));
}

const diskNeeded = 5 * 1024 ** 3;

/** Free space where Docker keeps its data. */
export async function dockerDisk(info: DockerInfo): Promise<Check> {
  const stats = await statfs(info.DockerRootDir).catch(() => undefined);
  const free = stats ? stats.bavail * stats.bsize : undefined;
  return {
    name: 'disk space',
    ok: free === undefined || free > diskNeeded,
    found: `${free === undefined ? 'unknown space' : gib(free)} free in ${info.DockerRootDir}`,
    expected: `more than ${gib(diskNeeded)}`,
    remedy: '`docker system df` shows what takes the space, `docker system prune` frees it',
    level: 'error',
  };
}

/**
 * The run's network must not overlap a route of this host. Other Docker networks were looked at when it was planned;
 * one that came since is another run's, and no trouble of this machine's (`claimNetwork`).
 */
export async function dockerSubnet(docker: string, plan: Plan): Promise<Check> {
  const { subnet } = plan.docker;
  const ids = (await run(docker, ['network', 'ls', '-q'], { timeout: 5 })).split('\n').filter(Boolean);
  const format = '{{range .IPAM.Config}}{{println .Subnet}}{{end}}';
  const networks = (await run(docker, ['network', 'inspect', '-f', format, ...ids], { timeout: 5 })).split('\n');
  const routes = parseRoutes(await readFile('/proc/net/route', 'utf8').catch(() => ''));
  const clashes = routes.filter(({ cidr }) => !networks.includes(cidr) && overlaps(cidr, subnet));
  const found = clashes.map(({ cidr, device }) => `${subnet} overlaps ${cidr} (route by ${device})`);
  return {
    name: 'docker subnet',
    ok: clashes.length === 0,
    found: found.join(', ') || `${subnet} is free`,
    expected: 'a subnet that nothing else uses',
    remedy: 'set dockerSubnet in the topology file or addressPool in the environment to a free range',
    level: 'error',
  };
}

/** The kernel's IPv4 routes without the default ones; /proc/net/route has addresses as little-endian hex. */
export function parseRoutes(text: string): { cidr: string; device: string }[] {
  const dotted = (hex: string) => (hex.match(/../g) ?? []).reverse().map((byte) => parseInt(byte, 16));
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s+/))
    .map(([device = '', destination = '', , , , , , mask = '']) => {
      const bits = dotted(mask).reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
      return { cidr: `${dotted(destination).join('.')}/${bits}`, device };
    })
    .filter(({ cidr }) => !cidr.endsWith('/0'));
}

/** Whether two CIDRs share an address; false when one is not IPv4. */
export function overlaps(a: string, b: string): boolean {
  if (!ipaddr.IPv4.isValidCIDR(a) || !ipaddr.IPv4.isValidCIDR(b)) return false;
  const [first, firstBits] = ipaddr.IPv4.parseCIDR(a);
  const [second, secondBits] = ipaddr.IPv4.parseCIDR(b);
  return first.match(second, Math.min(firstBits, secondBits));
}
