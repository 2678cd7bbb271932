import { hostname, release } from 'node:os';
import { afterEach, expect, test, vi } from 'vitest';
import { isThisHost, localAddresses, reachOf, type DockerInfo } from '../src/provider/kind/docker-reach.js';
import { containerIn } from '../src/kernel/own-container.js';
import { dockerAddresses } from '../src/check/preflight-docker.js';
import type { Plan } from '../src/topology/plan-types.js';
import { startDaemon, type Daemon } from './helpers/docker-daemon.js';

const info: DockerInfo = {
  OperatingSystem: 'Docker Desktop',
  DockerRootDir: '/',
  MemTotal: 1,
  ServerVersion: '29',
  Name: 'docker-desktop',
  KernelVersion: '6.10-linuxkit',
};
const here = { ...info, Name: hostname(), KernelVersion: release() };
const plan = { runId: 'r', docker: { network: 'meshproof-r', subnet: '172.28.0.0/20', nodeRange: '172.28.0.0/24' } };
/** The kernel refuses connections to multicast addresses at once: nobody answers there. */
const nobody = '224.0.0.0/24';

let daemon: Daemon | undefined;
let commands: string[];
afterEach(() => {
  daemon?.close();
  daemon = undefined;
  vi.unstubAllEnvs();
});

/** A Docker whose networks have this gateway; `taken` refuses the plan's own range. */
async function networks(gateway: string, { taken = false, subnet = nobody } = {}): Promise<void> {
  commands = [];
  daemon = await startDaemon({}, (args) => {
    commands.push(args.join(' '));
    if (args[1] === 'create' && args.includes('--subnet') && taken) return { error: 'Pool overlaps with other one' };
    return args[1] === 'inspect' ? `fd00::/64 fd00::1\n${subnet} ${gateway}\n` : 'id';
  });
  vi.stubEnv('PATH', daemon.bin);
}
const made = (): string[] => commands.filter((command) => /^network (create|rm)/.test(command));

test('Docker on this very machine is known without making anything', async () => {
  await networks('127.0.0.1');
  expect(await reachOf(plan as Plan, here)).toBe('native');
  expect(made()).toEqual([]);
});

test('a gateway of this machine is not enough: another daemon may have the same default range', async () => {
  await networks('224.0.0.1');
  expect(await reachOf(plan as Plan, info)).toBe('none');
  expect(made()).toEqual([
    expect.stringMatching(
      /^network create --subnet 172\.28\.0\.0\/20 .*--label dev\.meshproof\.run=r .*meshproof-r-probe$/,
    ),
    'network rm meshproof-r-probe',
  ]);
});

test('a network whose gateway is an interface of this machine: a host that was renamed', async () => {
  await networks('127.0.0.1');
  expect(await reachOf(plan as Plan, { ...here, Name: 'old-name' })).toBe('native');
});

test('a route leads to the containers: the gateway answers, an address that nobody has does not', async () => {
  // all of 127.0.0.0/8 answers here, and only 127.0.0.1 is an address of an interface
  await networks('127.0.0.2', { taken: true });
  expect(await reachOf(plan as Plan, info)).toBe('routed');
  expect(made()).toEqual([
    expect.stringContaining('--subnet'),
    expect.not.stringContaining('--subnet'),
    'network rm meshproof-r-probe',
  ]);
});

test('somebody on the way answers for every address: nothing is known to be reached', async () => {
  await networks('127.0.0.2', { subnet: '127.0.0.0/8' });
  expect(await reachOf(plan as Plan, info)).toBe('none');
});

test.each([
  ['native', {}, {}, true],
  ['rootless', { SecurityOptions: ['name=seccomp', 'name=rootless'] }, {}, false],
  ['of another name', { Name: 'docker-desktop' }, {}, false],
  ['on another kernel', { KernelVersion: '6.10-linuxkit' }, {}, false],
  ['on a Mac', {}, { platform: 'darwin' as const }, false],
])('a daemon that is %s', (_name, daemonHas, hostHas, expected) => {
  const host = { platform: 'linux' as const, name: hostname(), kernel: release(), ...hostHas };
  expect(isThisHost({ ...here, ...daemonHas }, host)).toBe(expected);
});

test.each<[string, Partial<DockerInfo>, NodeJS.Platform, RegExp]>([
  ['a Mac', {}, 'darwin', /^run meshproof in a container .*docker-mac-net-connect/],
  ['Windows', {}, 'win32', /^run meshproof in a container .*WSL2/],
  ['a rootless daemon', { SecurityOptions: ['name=rootless'] }, 'linux', /that root runs$/],
  ['a remote daemon', {}, 'linux', /on the machine of the Docker daemon$/],
])('on %s it is said what works', (_name, more, platform, remedy) => {
  const check = dockerAddresses('none', { ...info, ...more }, platform);
  expect(check).toMatchObject({ ok: false, level: 'error', found: 'Docker Desktop: they are not reachable from here' });
  expect(check.remedy).toMatch(remedy);
  expect(dockerAddresses('routed', info, platform).ok).toBe(true);
});

test('the container of this process is read from its own mounts, and not from those of others', () => {
  const id = 'ab'.repeat(32);
  const own = `635 626 254:0 /var/lib/docker/containers/${id}/hostname /etc/hostname rw - ext4 /dev/vda rw\n`;
  const other = `40 30 0:50 / /var/lib/docker/containers/${id}/mounts/shm rw - tmpfs shm rw\n`;
  expect(containerIn(`${other}${own}`)).toBe(id);
  expect(containerIn(other)).toBeUndefined();
});

test('the addresses of this host are read from the kernel', () => {
  const trie = `Local:
  +-- 0.0.0.0/0 3 0 5
        +-- 172.17.0.0/31 1 0 0
           |-- 172.17.0.0
              /16 link UNICAST
           |-- 172.17.0.1
              /32 host LOCAL
        |-- 172.17.255.255
           /32 link BROADCAST
`;
  expect(localAddresses(trie)).toEqual(new Set(['172.17.0.1']));
});
