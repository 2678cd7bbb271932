import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import type { Environment, ProgramSource } from '../../src/topology/environment-types.js';

export const limits = { idle: 1000 };
/** For servers that say nothing: only they are to be waited for. */
export const impatient = { idle: 200 };
export const kind = '#!/bin/sh\necho kind v0.33.0 go1.27 linux/amd64\n';
export const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');

export let folder: string;
export let servers: Server[];

/** A folder with programs and a cache of its own for every test of the file. */
export function useProgramFolder(): void {
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'meshproof-programs-'));
    servers = [];
    mkdirSync(path.join(folder, 'bin'));
    vi.stubEnv('PATH', path.join(folder, 'bin'));
    vi.stubEnv('XDG_CACHE_HOME', path.join(folder, 'cache'));
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(folder, { recursive: true, force: true });
  });
}

export function program(name: string, text: string): string {
  const file = path.join(folder, 'bin', name);
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}

export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export function environment(source: Partial<ProgramSource> = {}): Environment {
  const programs = { kind: { version: '0.33.0', ...source }, istioctl: { version: '{istio}', ...source } };
  return { programs, istioVersions: ['1.30.4', '1.31.0'] } as Partial<Environment> as Environment;
}

/** The whole text that the user would see, and the exit code. */
export async function failure(promise: Promise<unknown>): Promise<{ code: number; text: string }> {
  const error = await promise.then(
    () => expect.fail('it succeeded'),
    (e: unknown) => e as { code: number; describe(): string },
  );
  return { code: error.code, text: error.describe() };
}
