import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readManifest } from '../src/supply/metallb-manifest.js';
import type { Environment } from '../src/topology/environment-types.js';

test('a manifest that was changed in the cache is downloaded again', async () => {
  const cache = mkdtempSync(path.join(tmpdir(), 'manifest-'));
  vi.stubEnv('XDG_CACHE_HOME', cache);
  let asked = 0;
  const server = createServer((_, response) => void response.end(`kind: List # ${(asked++, 'metallb')}\n`));
  onTestFinished(() => {
    vi.unstubAllEnvs();
    server.close();
    rmSync(cache, { recursive: true });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const text = 'kind: List # metallb\n';
  const environment = {
    file: 'own.yaml',
    metallbManifest: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metallb.yaml`,
    metallbManifestSha256: createHash('sha256').update(text).digest('hex'),
  } as Partial<Environment> as Environment;
  for (let i = 0; i < 2; i++) expect(await readManifest(environment)).toBe(text);
  expect(asked).toBe(1);
  const folder = path.join(cache, 'meshproof/programs');
  for (const name of readdirSync(folder)) writeFileSync(path.join(folder, name), 'kind: Other\n');
  expect(await readManifest(environment)).toBe(text);
  expect(asked).toBe(2);
});
