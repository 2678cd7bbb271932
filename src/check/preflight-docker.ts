import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { cidrRange, overlaps } from '../topology/cidr.js';
import type { Plan } from '../topology/plan-types.js';
import { CommandError, run } from '../kernel/run-program.js';
import { hostRoutes, usedSubnets } from '../kernel/used-subnets.js';
import { isRootless, type DockerInfo, type Reach } from '../provider/kind/docker-reach.js';
import { gib } from '../kernel/text.js';
import type { Requirement } from '../kernel/requirement.js';

/** Asks the daemon who it is; its answer, or a check that tells a missing socket, a missing right and a dead daemon apart. */
export async function dockerAnswers(docker: string): Promise<{ check: Requirement; info?: DockerInfo }> {
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

/** What the docker program reports without a daemon, with a remedy. */
export function dockerTrouble(output: string, exists = existsSync): Pick<Requirement, 'found' | 'remedy'> {
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
      remedy: `install Docker, or ${start}; check DOCKER_HOST`,
    };
  }
  if (/cannot connect|connection refused|is the docker daemon running/i.test(output)) {
    const where = socket ?? /tcp:\/\/[^\s?]+?(?=\.?\s|$)/.exec(output)?.[0];
    return { found: `no daemon answers at ${where ?? "Docker's address"}`, remedy: start };
  }
  if (/did not end within/.test(output))
    return { found: 'the Docker daemon did not answer within 5 s', remedy: 'restart Docker' };
  return { found: output.trim().split('\n').at(-1) ?? 'no answer', remedy: 'check that `docker info` works' };
}

/** Container addresses must answer: clusters are asked by them, and the load balancers are reached at them. */
export function dockerAddresses(
  reach: Reach,
  info: DockerInfo,
  platform: NodeJS.Platform = process.platform,
): Requirement {
  const ways: Record<Reach, string> = {
    native: 'Docker runs on this machine itself',
    joins: "this container joins the run's network",
    routed: 'a route to them exists',
    none: 'they are not reachable from here',
  };
  return {
    name: 'docker addresses',
    ok: reach !== 'none',
    found: `${info.OperatingSystem}: ${ways[reach]}`,
    expected: 'container addresses reachable from this machine',
    remedy: remedyOf(info, platform),
    level: 'error',
  };
}

/** What works where containers are out of reach. */
function remedyOf(info: DockerInfo, platform: NodeJS.Platform): string {
  const container =
    'run meshproof in a container beside the clusters (docs/container.md: node scripts/container.mjs run ...)';
  if (platform === 'darwin') return `${container}, or install docker-mac-net-connect, or use a Linux machine`;
  if (platform === 'win32') return `${container}, from WSL2; or install Docker Engine in WSL2 and run meshproof there`;
  if (isRootless(info)) return `${container}, or use a Docker daemon that root runs`;
  return `${container}, or on the machine of the Docker daemon`;
}

/**
 * Free space where Docker keeps its data. Images, pulled and baked, take 4 GiB at most; a node takes 2 GiB: it copies what its
 * image has below /var.
 */
export async function dockerDisk(plan: Plan, info: DockerInfo): Promise<Requirement> {
  const nodes = plan.clusters.reduce((sum, { workers }) => sum + 1 + workers, 0);
  const needed = (4 + 2 * nodes) * 1024 ** 3;
  const stats = await statfs(info.DockerRootDir).catch(() => undefined);
  const free = stats ? stats.bavail * stats.bsize : undefined;
  return {
    name: 'disk space',
    ok: free === undefined || free > needed,
    found: `${free === undefined ? 'unknown space' : gib(free)} free in ${info.DockerRootDir}`,
    expected: `more than ${gib(needed)}: 4 GiB for images and 2 GiB for each of ${nodes} nodes`,
    remedy: '`docker system df` shows what takes the space, `docker system prune` frees it',
    level: 'error',
  };
}

/**
 * A network that the topology asks for must not overlap a route of this host. Other Docker networks were looked at when it was planned;
 * one that came since is another run's, and no trouble of this machine's (`claimNetwork`).
 */
export async function dockerSubnet(plan: Plan): Promise<Requirement> {
  const { subnet } = plan.docker;
  const [networks, routes] = await Promise.all([usedSubnets({ timeout: 5 }), hostRoutes()]);
  const range = cidrRange(subnet);
  const clashes = routes.filter(({ cidr }) => !networks.includes(cidr) && overlaps(cidrRange(cidr), range));
  const found = clashes.map(({ cidr, device }) => `${subnet} overlaps ${cidr} (route by ${device})`);
  return {
    name: 'docker subnet',
    ok: clashes.length === 0,
    found: found.join(', ') || `${subnet} is free`,
    expected: 'an unused subnet',
    remedy: 'set dockerSubnet in the topology file or addressPool in the environment to a free range',
    level: 'error',
  };
}
