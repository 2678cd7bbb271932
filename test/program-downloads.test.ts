import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import * as tar from 'tar';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { describeDownloads } from '../src/supply/download.js';
import { resolveProgram } from '../src/supply/programs.js';
import {
  environment,
  failure,
  folder,
  impatient,
  kind,
  limits,
  serve,
  servers,
  sha256,
  useProgramFolder,
} from './helpers/program-folder.js';

useProgramFolder();

test('downloads, verifies by a checksum file, and finds it in the cache afterwards', async () => {
  const asked: string[] = [];
  const url = await serve((request, response) => {
    asked.push(request.url ?? '');
    response.end(request.url?.endsWith('.sha256') ? `${sha256('other')}  other\n${sha256(kind)}  kind-0.33.0\n` : kind);
  });
  const source = { url: `${url}/kind-{version}`, sha256: `${url}/{os}-{arch}.sha256` };
  const found = await resolveProgram('kind', environment(source), { limits });
  expect(found.path).toBe(path.join(folder, 'cache/meshproof/programs/kind-0.33.0', sha256(kind), 'kind'));
  expect(asked.toSorted()).toEqual(['/kind-0.33.0', expect.stringMatching(/^\/(linux|darwin)-(amd64|arm64)\.sha256$/)]);
  expect(await resolveProgram('kind', environment(source), { limits })).toEqual(found);
  expect(asked).toHaveLength(2);
});

describe('the cache', () => {
  const served: string[] = [];
  const other = `${kind}# other\n`;
  let url: string;
  beforeEach(async () => {
    served.length = 0;
    url = await serve((request, response) => {
      served.push(request.url ?? '');
      response.end(request.url?.startsWith('/other') ? other : kind);
    });
  });

  test('gives an environment that pins another checksum its own file', async () => {
    const a = environment({ url: `${url}/kind`, sha256: sha256(kind) });
    const b = environment({ url: `${url}/other`, sha256: sha256(other) });
    for (const [one, text] of [
      [a, kind],
      [b, other],
      [a, kind],
      [b, other],
    ] as const)
      expect(readFileSync((await resolveProgram('kind', one, { limits })).path, 'utf8')).toBe(text);
    expect(served).toEqual(['/kind', '/other']);
  });

  test('a file that was changed is fetched again, and is not run where that fails', async () => {
    const source = { url: `${url}/kind`, sha256: sha256(kind) };
    const { path: file } = await resolveProgram('kind', environment(source), { limits });
    writeFileSync(file, other);
    expect(readFileSync((await resolveProgram('kind', environment(source), { limits })).path, 'utf8')).toBe(kind);
    expect(served).toHaveLength(2);
    writeFileSync(file, other);
    servers[0]!.closeAllConnections();
    await new Promise((resolve) => servers.pop()!.close(resolve));
    const { code, text } = await failure(resolveProgram('kind', environment(source), { limits }));
    expect([code, text]).toEqual([3, expect.stringContaining(`${file} is not used, because it changed after its`)]);
  });

  test('a file whose note of its content was changed as well is not taken for the pinned one', async () => {
    const source = { url: `${url}/kind`, sha256: sha256(kind) };
    const folder = path.dirname(path.dirname((await resolveProgram('kind', environment(source), { limits })).path));
    const [note] = readdirSync(folder).filter((name) => name.endsWith('.json'));
    mkdirSync(path.join(folder, sha256(other)));
    writeFileSync(path.join(folder, sha256(other), 'kind'), other, { mode: 0o755 });
    for (const text of [JSON.stringify({ program: sha256(other) }), '{}', 'no JSON', '{"program":"../../x"}']) {
      writeFileSync(path.join(folder, note!), text);
      expect(readFileSync((await resolveProgram('kind', environment(source), { limits })).path, 'utf8')).toBe(kind);
    }
    expect(served).toHaveLength(5);
  });
});

test('takes the program out of an archive', async () => {
  mkdirSync(path.join(folder, 'linux-amd64'));
  writeFileSync(path.join(folder, 'linux-amd64/istioctl'), 'program');
  const chunks: Buffer[] = [];
  for await (const chunk of tar.create({ gzip: true, cwd: folder }, ['linux-amd64'])) chunks.push(chunk as Buffer);
  const archive = Buffer.concat(chunks);
  const url = await serve((_request, response) => response.end(archive));
  const source = { url: `${url}/istioctl.tar.gz`, sha256: sha256(archive) };
  const found = await resolveProgram('istioctl', environment(source), { limits });
  // the archive stays: a pinned checksum is the archive's
  expect(readdirSync(path.dirname(found.path))).toEqual(['istioctl', 'istioctl.tar.gz']);
  expect(await resolveProgram('istioctl', environment(source), { limits })).toEqual(found);
  expect(found.packed).toBe(`${found.path}.tar.gz`);
});

const stalled: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('some');
};
test.each<[string, RequestListener, RegExp, typeof limits]>([
  [
    'a corrupted file',
    (_q, response) => response.end('other bytes'),
    /is corrupted .* sha256 is [0-9a-f]{64}, expected/,
    limits,
  ],
  ['a missing file', (_q, response) => response.writeHead(404).end(), /answered 404 Not Found/, limits],
  ['a server that says nothing', () => {}, /sent nothing for 0.2 s/, impatient],
  ['a server that stops half-way', stalled, /sent nothing for 0.2 s/, impatient],
  ['a broken connection', (request) => request.socket.destroy(), /closed the connection/, limits],
])('%s is named, and leaves nothing behind', async (_name, listener, message, limits) => {
  const url = await serve(listener);
  const source = { url: `${url}/kind`, sha256: sha256(kind) };
  const { code, text } = await failure(resolveProgram('kind', environment(source), { limits }));
  expect(code).toBe(3);
  expect(text).toMatch(message);
  expect(text).toContain(`${url}/kind`);
  expect(text).toContain('or set MESHPROOF_KIND');
  expect(readdirSync(path.join(folder, 'cache/meshproof/programs'))).toEqual([]);
});

test('a slow download goes on as long as something comes, and says how far it is', async () => {
  const url = await serve(async (_request, response) => {
    response.writeHead(200, { 'content-length': String(kind.length) });
    for (const letter of kind) {
      response.write(letter);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    response.end();
  });
  const source = { url: `${url}/kind`, sha256: sha256(kind) };
  // longer in all than a server may be silent, and much shorter pauses: a busy machine must not look like a silent server
  const found = resolveProgram('kind', environment(source), { limits: { idle: 1500 } });
  await vi.waitFor(() => expect(describeDownloads()).toBe('kind 0.33.0 0 of 0 MB'));
  expect((await found).path).toContain('cache/meshproof/programs/kind-0.33.0/');
  expect(describeDownloads()).toBe('');
});

test('a refused connection and an unknown host are named', async () => {
  const closed = await serve(() => {});
  await new Promise((resolve) => servers.pop()?.close(resolve));
  const refused = { url: `${closed}/kind`, sha256: sha256(kind) };
  expect((await failure(resolveProgram('kind', environment(refused), { limits }))).text).toContain(
    'the connection was refused',
  );
  const unknown = { url: 'http://nowhere.invalid/kind', sha256: sha256(kind) };
  const { text } = await failure(resolveProgram('kind', environment(unknown), { limits }));
  expect(text).toMatch(/host name|sent nothing/);
});

test('goes through the proxy that the environment names, except to hosts that need none', async () => {
  const asked: string[] = [];
  const target = await serve((_request, response) => response.end(kind));
  const proxy = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end(kind);
  });
  servers.push(proxy);
  proxy.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  vi.stubEnv('HTTP_PROXY', address);
  vi.stubEnv('HTTPS_PROXY', address);
  vi.stubEnv('NO_PROXY', '127.0.0.1');
  const source = { url: 'http://downloads.invalid/kind', sha256: sha256(kind) };
  await resolveProgram('kind', environment(source), { limits });
  expect(asked).toEqual(['GET http://downloads.invalid/kind']);
  rmSync(path.join(folder, 'cache'), { recursive: true });
  await resolveProgram('kind', environment({ ...source, url: `${target}/kind` }), { limits });
  expect(asked).toHaveLength(1);
  rmSync(path.join(folder, 'cache'), { recursive: true });
  const secure = environment({ ...source, url: 'https://downloads.invalid/kind' });
  expect((await failure(resolveProgram('kind', secure, { limits }))).text).toContain(`through the proxy ${address}`);
  expect(asked.at(-1)).toBe('CONNECT downloads.invalid:443');
});

test('an archive without the program and a URL without a checksum are refused', async () => {
  writeFileSync(path.join(folder, 'other'), '');
  const chunks: Buffer[] = [];
  for await (const chunk of tar.create({ gzip: true, cwd: folder }, ['other'])) chunks.push(chunk as Buffer);
  const archive = Buffer.concat(chunks);
  const url = await serve((_request, response) => response.end(archive));
  const empty = { url: `${url}/kind.tgz`, sha256: sha256(archive) };
  expect((await failure(resolveProgram('kind', environment(empty), { limits }))).text).toContain(
    'contains no file kind',
  );
  const bare = { url: `${url}/kind.tgz` };
  expect((await failure(resolveProgram('kind', environment(bare), { limits }))).text).toContain('has no checksum');
  expect(existsSync(path.join(folder, 'cache/meshproof/programs/kind-0.33.0'))).toBe(false);
});
