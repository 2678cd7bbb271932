import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimNetwork } from '../src/provider/kind/docker-network.js';
import type { Plan } from '../src/topology/plan-types.js';

const path = process.env.PATH;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'meshproof-network-'));
  process.env.MESHPROOF_STATE_DIR = folder;
  process.env.PATH = `${folder}${delimiter}${path}`;
});
afterEach(() => {
  process.env.PATH = path;
  delete process.env.MESHPROOF_STATE_DIR;
  rmSync(folder, { recursive: true });
});

/** Docker in which these subnets are taken by somebody since the plan was made. */
function docker(taken: string): void {
  const script = `#!/bin/sh
case "$*" in
  *inspect*) exit 1 ;;
  ${taken}) echo 'Error response from daemon: invalid pool request: Pool overlaps with other one on this address space' >&2; exit 1 ;;
  *) echo "$*" >> ${folder}/made ;;
esac
`;
  writeFileSync(join(folder, 'docker'), script);
  chmodSync(join(folder, 'docker'), 0o755);
}

const plan = (block: number) =>
  ({
    runId: 'kaaaaaaaa1',
    provider: 'kind',
    docker: {
      network: 'meshproof-kaaaaaaaa1',
      subnet: `172.28.${16 * block}.0/20`,
      nodeRange: `172.28.${16 * block}.0/24`,
    },
  }) as Plan;

test('a run that finds its block taken plans again until one is free', async () => {
  docker('*172.28.0.0/20* | *172.28.16.0/20*');
  let block = 0;
  const again = () => Promise.resolve([plan(++block)]);
  const [claimed] = await claimNetwork([plan(0)], again);
  expect(claimed!.docker.subnet).toBe('172.28.32.0/20');
  expect(existsSync(join(folder, 'made'))).toBe(true);
});

test('where every block is taken at the last moment, it gives up and says so', async () => {
  docker('*create*');
  await expect(claimNetwork([plan(0)], () => Promise.resolve([plan(0)]))).rejects.toThrow(
    '172.28.0.0/20 was taken by another Docker network after planning',
  );
});

test('any other trouble of Docker is not tried again', async () => {
  docker('nothing');
  writeFileSync(join(folder, 'docker'), '#!/bin/sh\necho "no space left on device" >&2\nexit 1\n');
  await expect(claimNetwork([plan(0)], () => Promise.reject(new Error('planned again')))).rejects.toThrow(
    /no space left on device/,
  );
});
