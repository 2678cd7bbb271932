import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { preflightError, type Requirement } from '../src/kernel/requirement.js';
import type { DockerInfo } from '../src/provider/kind/docker-reach.js';
import { dockerDisk, dockerTrouble } from '../src/check/preflight-docker.js';
import { parseRoutes } from '../src/kernel/used-subnets.js';
import { cidrRange, overlaps } from '../src/topology/cidr.js';
import { judgeInotify } from '../src/check/preflight-inotify.js';
import { hostError, preflight } from '../src/check/preflight.js';
import type { Finding } from '../src/record/finding.js';
import { exitCode, MeshproofError } from '../src/kernel/errors.js';
import type { ClusterPlan, Plan } from '../src/topology/plan-types.js';

const there = () => true;
const gone = () => false;

test.each([
  [
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    gone,
    "Docker's socket /var/run/docker.sock does not exist",
  ],
  [
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    there,
    'no daemon answers at /var/run/docker.sock',
  ],
  [
    'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.50/version": dial unix /var/run/docker.sock: connect: permission denied',
    there,
    "no permission to use Docker's socket /var/run/docker.sock",
  ],
  [
    'Cannot connect to the Docker daemon at tcp://127.0.0.1:1. Is the docker daemon running?',
    there,
    'no daemon answers at tcp://127.0.0.1:1',
  ],
  ['docker did not end within 5 s', there, 'the Docker daemon did not answer within 5 s'],
])('docker says: %s', (output, exists, found) => {
  expect(dockerTrouble(output, exists).found).toBe(found);
});

test('routes are read without the default route', () => {
  const text = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
br-1\t00001CAC\t00000000\t0001\t0\t0\t0\t00F0FFFF\t0\t0\t0
`;
  expect(parseRoutes(text)).toEqual([
    { cidr: '172.17.0.0/16', device: 'docker0' },
    { cidr: '172.28.0.0/20', device: 'br-1' },
  ]);
});

test.each([
  ['172.28.0.0/20', '172.28.15.0/24', true],
  ['172.28.0.0/20', '172.28.16.0/20', false],
  ['10.0.0.0/8', '10.1.2.3/32', true],
])('%s and %s overlap: %s', (a, b, expected) => {
  expect(overlaps(cidrRange(a), cidrRange(b))).toBe(expected);
  expect(overlaps(cidrRange(b), cidrRange(a))).toBe(expected);
});

test('disk: 4 GiB for images and 2 GiB for each node, workers included', async () => {
  const clusters = [{ workers: 0 }, { workers: 2 }] as ClusterPlan[];
  const check = await dockerDisk({ clusters } as Plan, { DockerRootDir: tmpdir() } as DockerInfo);
  expect(check.expected).toBe('more than 12.0 GiB: 4 GiB for images and 2 GiB for each of 4 nodes');
  expect((await dockerDisk({ clusters } as Plan, { DockerRootDir: '/nowhere' } as DockerInfo)).ok).toBe(true);
});

const two = { clusters: [{ workers: 0 }, { workers: 1 }] as ClusterPlan[] };

test('inotify: enough, too few, refused, and not countable', () => {
  const limit = { instances: 128, watches: 190_000 };
  const verdict = (use: Parameters<typeof judgeInotify>[2], l = limit) =>
    judgeInotify(two, l, use, 1).map((check) => check.ok);
  const idle = { instances: 40, watches: 900, proxies: 0, works: true };
  expect(verdict(idle)).toEqual([true, true, true]);
  expect(verdict({ ...idle, instances: 60 })).toEqual([false, true, true]);
  expect(verdict({ ...idle, works: false })).toEqual([false, true, true]);
  expect(verdict({ ...idle, watches: 7000 }, { instances: 128, watches: 8192 })).toEqual([true, false, true]);
  expect(verdict({ ...idle, proxies: 60 })).toEqual([true, true, false]);
  expect(verdict(undefined)).toEqual([true, true, true]);
  const [full] = judgeInotify(two, limit, { ...idle, instances: 128, works: false }, 1);
  expect(full).toMatchObject({
    found: '0 of 128 left (a new one was refused)',
    expected: '76 for the nodes of 2 clusters',
    remedy: 'sudo sysctl fs.inotify.max_user_instances=1024',
  });
  expect(judgeInotify(two, limit, { ...idle, proxies: 48 }, 2).at(-1)).toMatchObject({
    found: '80 of 128 left for user 1337',
    expected: '126 for the proxies of 2 clusters',
    level: 'warning',
  });
});

function check(part: Partial<Requirement>): Requirement {
  return { name: 'thing', ok: false, found: 'this', expected: 'that', remedy: 'do it', level: 'error', ...part };
}

test('all failures are one error, which exits 4 only when images alone are at fault', () => {
  expect(preflightError([check({ ok: true }), check({ level: 'warning' })])).toBeUndefined();
  expect(preflightError([check({ code: exitCode.environment })])?.code).toBe(4);
  const error = preflightError([check({ name: 'a' }), check({ name: 'b', code: exitCode.environment })]);
  expect(error?.code).toBe(3);
  expect(error?.describe()).toBe(
    'this machine is not ready: a, b\na: this\n  expected: that\n  to do: do it\nb: this\n  expected: that\n  to do: do it',
  );
});

test('a program that is missing keeps its own words, and nothing behind it is looked at', async () => {
  const error = new MeshproofError('docker is not installed or not on PATH', 3, { remedy: 'install it' });
  const plans = [{ provider: 'kind', clusters: [], controlPlanes: [] } as unknown as Plan];
  const findings = await preflight(plans, { programs: [{ name: 'docker', version: '28.5.2', error }], charts: [] });
  const says = `docker: ${error.message}`;
  expect(findings).toMatchObject([{ check: 'F-PROGRAM-MISSING', says, remedy: 'install it', confidence: 'certain' }]);
  expect(hostError(findings)?.describe()).toContain(`${says}\n  expected: docker\n  to do: install it`);
  expect(hostError(findings)?.code).toBe(exitCode.preflight);
});

test('a likely finding of the host stops nothing, and missing images alone end with 4', () => {
  const found = (check: string, confidence: 'certain' | 'likely'): Finding => ({
    check,
    confidence,
    facts: { what: 'x', found: 'this', expected: 'that' },
    says: 'x: this',
    remedy: 'do it',
  });
  expect(hostError([found('F-INOTIFY-SHORT', 'likely')])).toBeUndefined();
  expect(hostError([found('F-IMAGE-MISSING', 'certain')])?.code).toBe(exitCode.environment);
  expect(hostError([found('F-IMAGE-MISSING', 'certain'), found('F-DISK-SHORT', 'certain')])?.code).toBe(3);
});
