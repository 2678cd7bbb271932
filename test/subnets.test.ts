import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { usedSubnets } from '../src/kernel/used-subnets.js';
import { readEnvironment } from '../src/supply/read-environment.js';
import { readTopology } from '../src/topology/parse-topology.js';
import { makePlan } from '../src/plan/make-plan.js';

describe('the subnets of Docker', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'meshproof-subnets-'));
    vi.stubEnv('PATH', `${folder}${path.delimiter}${process.env['PATH']}`);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  function docker(inspect: string): void {
    const script = `#!/bin/sh\ncase "$*" in\n'network ls -q') echo aaaa; echo bbbb ;;\n*inspect*) ${inspect} ;;\nesac\n`;
    writeFileSync(path.join(folder, 'docker'), script);
    chmodSync(path.join(folder, 'docker'), 0o755);
  }
  const gone = "echo 172.28.0.0/20; echo 'Error response from daemon: network bbbb not found' >&2; exit 1";

  test('are read again when the network of another run ends between the listing and the look at it', async () => {
    const once = path.join(folder, 'once');
    docker(`if [ -e ${once} ]; then echo 172.28.0.0/20; echo fd00::/64; else touch ${once}; ${gone}; fi`);
    expect(await usedSubnets()).toEqual(['172.28.0.0/20']);
    expect(existsSync(once)).toBe(true);
  });

  test('are an error where networks keep going, or Docker says anything else', async () => {
    docker(gone);
    await expect(usedSubnets()).rejects.toThrow('network bbbb not found');
    docker(`echo x >> ${folder}/asked; echo 'permission denied' >&2; exit 1`);
    await expect(usedSubnets()).rejects.toThrow('permission denied');
  });
});

test('a block that a route of this machine leads to is passed over', () => {
  const options = { runId: 'aaaaaaaaaa', usedSubnets: ['172.28.32.0/20'], routed: ['172.28.0.0/20', '172.28.16.7/32'] };
  const { docker } = makePlan(readTopology('single'), readEnvironment('public'), options);
  expect(docker.subnet).toBe('172.28.48.0/20');
});
