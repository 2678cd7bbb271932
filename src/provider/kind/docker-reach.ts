import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { hostname, release } from 'node:os';
import ipaddr from 'ipaddr.js';
import pRetry from 'p-retry';
import type { Plan } from '../../topology/plan-types.js';
import { CommandError } from '../../kernel/run-program.js';
import { createNetwork, docker, runLabel, stateLabel } from '../../kernel/docker.js';
import { ownContainer } from '../../kernel/own-container.js';
import { stateRoot } from '../../run/run-folders.js';
import { currentSignal } from '../../kernel/cancellation.js';

/** The part of `docker info` that is looked at. */
export interface DockerInfo {
  OperatingSystem: string;
  DockerRootDir: string;
  /** bytes */
  MemTotal: number;
  ServerVersion: string;
  /** Host name of the daemon's machine. */
  Name?: string;
  KernelVersion?: string;
  SecurityOptions?: string[] | null;
  ServerErrors?: string[];
}

/**
 * How this process reaches container addresses. `native`: Docker's bridges are interfaces of this host. `joins`: this
 * process is in a container of the same Docker, which joins the run's network. `routed`: there is a route, such as that
 * of docker-mac-net-connect. `none`: not at all.
 */
export type Reach = 'native' | 'joins' | 'routed' | 'none';

/** Finds out how container addresses are reached; makes a network for a moment where it takes a try. At most 5 s. */
export async function reachOf(plan: Plan, info: DockerInfo): Promise<Reach> {
  const own = await ownContainer();
  if (own && own.networkMode !== 'host') return 'joins';
  if (isThisHost(info)) {
    const { gateway } = await rangeOf('bridge').catch(() => ({ gateway: undefined }));
    // without a default bridge there is nothing to compare, and nothing speaks against it
    if (gateway === undefined || (await isLocal(gateway))) return 'native';
  }
  return tryNetwork(plan);
}

/** Does the daemon run on this kernel and in no namespace of its own, as far as it says? */
export function isThisHost(
  info: DockerInfo,
  here = { platform: process.platform, name: hostname(), kernel: release() },
): boolean {
  return (
    here.platform === 'linux' && !isRootless(info) && info.Name === here.name && info.KernelVersion === here.kernel
  );
}

export function isRootless({ SecurityOptions }: DockerInfo): boolean {
  return (SecurityOptions ?? []).some((option) => option.includes('rootless'));
}

/** The IPv4 range of a network, and its gateway. */
async function rangeOf(network: string): Promise<{ subnet?: string; gateway?: string }> {
  const format = '{{range .IPAM.Config}}{{println .Subnet .Gateway}}{{end}}';
  const lines = (await docker(['network', 'inspect', network, '-f', format], { timeout: 5 })).split('\n');
  const [subnet, gateway] = lines.map((line) => line.split(' ')).find(([range]) => isIPv4(range)) ?? [];
  return { subnet, gateway: gateway || undefined };
}

function isIPv4(range = ''): boolean {
  return ipaddr.IPv4.isValidCIDR(range);
}

async function isLocal(address: string): Promise<boolean> {
  return localAddresses(await readFile('/proc/net/fib_trie', 'utf8').catch(() => '')).has(address);
}

/** The IPv4 addresses of this host's own interfaces, those without a link included, out of /proc/net/fib_trie. */
export function localAddresses(fibTrie: string): Set<string> {
  return new Set([...fibTrie.matchAll(/\|-- (\S+)\n\s+\/32 host LOCAL/g)].map((match) => match[1] ?? ''));
}

/** Makes a network like the run's own, and looks whether its gateway answers here. */
async function tryNetwork(plan: Plan): Promise<Reach> {
  const name = `${plan.docker.network}-probe`;
  const labels = { [runLabel]: plan.runId, [stateLabel]: stateRoot() };
  try {
    await createNetwork(name, plan.docker, labels).catch((error: unknown) => {
      // somebody has taken the block since it was planned, which is looked at later
      if (!(error instanceof CommandError) || !/overlap/i.test(error.output)) throw error;
      return createNetwork(name, undefined, labels);
    });
    const { gateway, subnet } = await rangeOf(name);
    if (gateway === undefined) return 'none';
    if (await isLocal(gateway)) return 'native';
    // the last address of the range belongs to nobody
    const free = ipaddr.IPv4.broadcastAddressFromCIDR(subnet!).toByteArray();
    free[3]! -= 1;
    return (await answersAlone(gateway, free.join('.'))) ? 'routed' : 'none';
  } finally {
    await docker(['network', 'rm', name], { uninterruptible: true }).catch(() => '');
  }
}

/** Milliseconds for a route to a new network to come up and for its gateway to answer. */
const patience = 4_000;

/**
 * A gateway refuses a connection to a port that nobody listens on: an answer. When an address that nobody has answers as well,
 * somebody on the way answers for all.
 */
export async function answersAlone(gateway: string, free: string, port = 1): Promise<boolean> {
  const [there, everywhere] = await Promise.all([answers(gateway, port), answers(free, port)]);
  return there && !everywhere;
}

function answers(host: string, port: number): Promise<boolean> {
  const signal = AbortSignal.any([AbortSignal.timeout(patience), currentSignal()]);
  return pRetry(() => tryPort(host, port), { retries: 20, factor: 1, minTimeout: 250, signal }).then(
    () => true,
    () => false,
  );
}

function tryPort(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: 1000 });
    const fail = (error: NodeJS.ErrnoException): void => {
      socket.destroy();
      if (error.code === 'ECONNREFUSED') resolve();
      else reject(error);
    };
    socket.on('connect', () => resolve(void socket.destroy()));
    socket.on('timeout', () => fail(new Error('no answer')));
    socket.on('error', fail);
  });
}
