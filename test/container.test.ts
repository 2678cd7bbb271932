import { homedir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

interface Script {
  runArguments(input: object): string[];
  sharedFolders(env: object, cwd: string): { state: string };
  splitArguments(args: string[]): [string[], string[]];
}
const script = path.resolve('scripts/container.mjs');
const { runArguments, sharedFolders, splitArguments } = (await import(script)) as Script;

const linux = {
  env: { MESHPROOF_STATE_DIR: '/state', XDG_CACHE_HOME: '/cache' } as Record<string, string>,
  cwd: '/home/me/mesh',
  platform: 'linux',
  daemon: { Name: 'host', OperatingSystem: 'Debian' } as Record<string, unknown>,
  endpoint: 'unix:///var/run/docker.sock',
  user: { uid: 1000, gid: 1000, socketGroup: 998 },
  terminal: false,
  lab: undefined as string | undefined,
};
const line = (more: Partial<typeof linux>): string => runArguments({ ...linux, ...more }).join(' ');

test('state, cache and the working folder are mounted at their own paths, the daemon finds them there', () => {
  expect(line({})).toContain(
    '-v /state:/state -v /cache/meshproof-container:/cache/meshproof-container -v /home/me/mesh:',
  );
  expect(line({})).toContain('-w /home/me/mesh -e MESHPROOF_STATE_DIR=/state');
  expect(sharedFolders({}, '/x').state).toBe(path.join(homedir(), '.local/state/meshproof'));
});

test('all containers and the daemon have one host name and one list of processes, for the leases of runs', () => {
  expect(line({})).toContain('--pid host --hostname host');
});

test.each([
  ['a user of Linux', {}, true],
  ['root', { user: { ...linux.user, uid: 0 } }, false],
  ['a Mac', { platform: 'darwin' }, false],
  ['a rootless daemon', { daemon: { Name: 'h', SecurityOptions: ['name=rootless'] } }, false],
])('%s: it runs as the user of the machine: %s', (_name, more, expected) => {
  expect(line(more).includes('--user 1000:1000 --group-add 998')).toBe(expected);
});

test.each([
  ['Linux', {}, '/var/run/docker.sock'],
  ['rootless', { endpoint: 'unix:///run/user/1000/docker.sock' }, '/run/user/1000/docker.sock'],
  [
    'Docker Desktop on Linux',
    {
      endpoint: 'unix:///home/me/.docker/desktop/docker.sock',
      daemon: { Name: 'd', OperatingSystem: 'Docker Desktop' },
    },
    '/var/run/docker.sock',
  ],
  ['Colima', { platform: 'darwin', endpoint: 'unix:///Users/me/.colima/default/docker.sock' }, '/var/run/docker.sock'],
  ['a remote daemon', { endpoint: 'ssh://me@host' }, '/var/run/docker.sock'],
])("the socket is the daemon's own: %s", (_name, more, socket) => {
  expect(line(more)).toContain(`-v ${socket}:/var/run/docker.sock`);
});

test('settings are passed on by name, but not the paths of programs of this machine', () => {
  const env = {
    ...linux.env,
    CI: 'true',
    https_proxy: 'x',
    MESHPROOF_ENVIRONMENT: 'public',
    MESHPROOF_KIND: '/bin/kind',
    DOCKER_AUTH_CONFIG: '{}',
    PATH: '/bin',
  };
  const text = line({ env });
  for (const name of ['CI', 'https_proxy', 'MESHPROOF_ENVIRONMENT', 'DOCKER_AUTH_CONFIG'])
    expect(text).toContain(`-e ${name} `);
  expect(text).not.toMatch(/MESHPROOF_KIND|-e PATH/);
});

test("the script's own options come before the first word", () => {
  expect(splitArguments(['--base', 'a/b:1', '--lab', 'run', 'x', '--only', 'LB-1'])).toEqual([
    ['--base', 'a/b:1', '--lab'],
    ['run', 'x', '--only', 'LB-1'],
  ]);
  expect(splitArguments(['--lab'])).toEqual([['--lab'], []]);
});
