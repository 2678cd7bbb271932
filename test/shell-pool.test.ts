import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ShellPool, type Place } from '../src/kube/shell-pool.js';
import { FakeApiServer } from './helpers/api-server.js';

let api: FakeApiServer;
let opened: { name: string; open: boolean; close(): void }[];
let pool: ShellPool<(typeof opened)[number]>;
let now: number;

beforeEach(async () => {
  api = await FakeApiServer.start();
  opened = [];
  pool = new ShellPool(() => {
    const shell = { name: `shell ${opened.length + 1}`, open: true, close: () => void (shell.open = false) };
    opened.push(shell);
    return Promise.resolve({ shell, pod: `sleep-${opened.length}` });
  });
  now = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => now);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await api.stop();
});

const place: Place = { namespace: 'sample', workload: 'deploy/sleep', container: 'sleep' };

/** The shell that a command would be given `later` milliseconds after the one before, which has ended. */
async function lent(later: number, where = place): Promise<string> {
  now += later;
  const shell = await pool.lend(api.cluster, where, AbortSignal.timeout(5000));
  pool.giveBack(api.cluster, where, shell);
  return shell.name;
}

test('a shell is used again while its pod is well, which is asked once a second at most', async () => {
  expect([await lent(0), await lent(900), await lent(900), await lent(100)]).toEqual(Array(4).fill('shell 1'));
  expect(api.seen.map(({ url }) => url)).toEqual(['/api/v1/namespaces/sample/pods/sleep-1']);
});

test.each([
  ['ends', { status: 200, body: { metadata: { deletionTimestamp: '2026-11-29T00:00:00Z' } } }],
  ['is gone', { status: 404, body: {} }],
])('a shell whose pod %s is closed, and a new one is in another pod', async (_, answer) => {
  await lent(0);
  api.answer = () => answer;
  expect(await lent(2000)).toBe('shell 2');
  expect(opened.map(({ open }) => open)).toEqual([false, true]);
});

test('a shell is used while the API server is away, and one of a pod that was named itself always', async () => {
  await lent(0);
  api.answer = () => ({ status: 503, body: {} });
  expect(await lent(2000)).toBe('shell 1');
  const named = { ...place, workload: 'sleep-9' };
  const asked = api.seen.length;
  expect([await lent(0, named), await lent(2000, named)]).toEqual(['shell 2', 'shell 2']);
  expect(api.seen.length).toBe(asked);
});
