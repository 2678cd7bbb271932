import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Harness } from './harness/harness.js';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.start({ programs: ['docker', 'kubectl'] });
});
afterAll(() => harness.close());

/** What Docker Desktop for Mac says of itself; a multicast address stands for one that does not answer. */
const desktop = JSON.stringify({
  OperatingSystem: 'Docker Desktop',
  Name: 'docker-desktop',
  KernelVersion: '6.10.14-linuxkit',
  DockerRootDir: '/var/lib/docker',
  MemTotal: 8 * 1024 ** 3,
  ServerVersion: '29.0.0',
});

test('on a Mac: container addresses do not answer, which is said before anything is downloaded or made', async () => {
  harness.stubs.on('docker', ({ args }) => {
    if (args[0] === 'info') return desktop;
    return args.some((arg) => arg.includes('.Gateway')) ? '224.0.0.0/24 224.0.0.1\n' : undefined;
  });
  const mac = path.join(harness.root, 'mac.mjs');
  writeFileSync(mac, "Object.defineProperty(process, 'platform', { value: 'darwin' });\n");
  const { code, stderr } = await harness.start(['run', 'multi-network-multi-primary'], {
    // a download that would never end
    env: { NODE_OPTIONS: `--import=${mac}`, HTTPS_PROXY: 'http://127.0.0.1:9', MESHPROOF_ENVIRONMENT: 'public' },
  }).ended;
  expect([code, stderr]).toEqual([
    3,
    expect.stringContaining('docker addresses: Docker Desktop: they are not reachable from here'),
  ]);
  expect(stderr).toContain('to do: run meshproof in a container beside the clusters');
  expect(stderr).toContain('docker-mac-net-connect');
  expect(stderr).not.toContain('could not be downloaded');
  expect(Number(/failed preflight \((\S+) s\)/.exec(stderr)?.[1])).toBeLessThan(10);
  const made = harness.stubs.said('docker').filter((call) => /docker (network (create|rm)|run|pull)/.test(call));
  expect(made).toEqual([
    expect.stringMatching(/^docker network create .*-probe$/),
    expect.stringMatching(/^docker network rm \S+-probe$/),
  ]);
});
