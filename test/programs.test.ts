import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tar from 'tar';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { describeDownloads } from '../src/supply/download.js';
import { addProgram } from '../src/supply/program-cache.js';
import { resolveProgram } from '../src/supply/programs.js';
import type { Environment, ProgramSource } from '../src/topology/environment-types.js';

const limits = { idle: 1000 };
/** For servers that say nothing: only they are to be waited for. */
const impatient = { idle: 200 };
const kind = '#!/bin/sh\necho kind v0.33.0 go1.27 linux/amd64\n';
const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');

let folder: string;
let servers: Server[];

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

function program(name: string, text: string): string {
  const file = path.join(folder, 'bin', name);
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function environment(source: Partial<ProgramSource> = {}): Environment {
  const programs = { kind: { version: '0.33.0', ...source }, istioctl: { version: '{istio}', ...source } };
  return { programs, istioVersions: ['1.30.4', '1.31.0'] } as Partial<Environment> as Environment;
}

/** The whole text that the user would see, and the exit code. */
async function failure(promise: Promise<unknown>): Promise<{ code: number; text: string }> {
  const error = await promise.then(
    () => expect.fail('it succeeded'),
    (e: unknown) => e as { code: number; describe(): string },
  );
  return { code: error.code, text: error.describe() };
}

test('an override comes first, and must be executable', async () => {
  program('kind', kind);
  vi.stubEnv('MESHPROOF_KIND', program('mine', kind));
  expect((await resolveProgram('kind', environment())).path).toBe(path.join(folder, 'bin/mine'));
  vi.stubEnv('MESHPROOF_KIND', '/nowhere/kind');
  const { code, text } = await failure(resolveProgram('kind', environment()));
  expect(code).toBe(3);
  expect(text).toContain('MESHPROOF_KIND names /nowhere/kind, which is not an executable file');
});

test('kubectl and docker, which others run by name, cannot be files of another name', async () => {
  vi.stubEnv('MESHPROOF_KUBECTL', program('kubectl-1.34', kind));
  const { code, text } = await failure(resolveProgram('kubectl', environment()));
  expect(code).toBe(3);
  expect(text).toMatch(/MESHPROOF_KUBECTL names \S+kubectl-1\.34, and kubectl is run by its name/);
  vi.stubEnv('MESHPROOF_KUBECTL', program('kubectl', kind));
  expect(await resolveProgram('kubectl', environment())).toMatchObject({ given: true });
});

test('the istioctl that the user names is the one, whatever else there is', async () => {
  program('istioctl-1.31.0', '#!/bin/sh\n');
  const mine = program('mine', '#!/bin/sh\n');
  const named = environment();
  named.programs.istioctl.path = mine;
  expect((await resolveProgram('istioctl', named)).path).toBe(mine);
  named.programs.istioctl.path = '/nowhere/istioctl';
  const { code, text } = await failure(resolveProgram('istioctl', named));
  expect([code, text]).toEqual([3, expect.stringContaining('--istioctl names /nowhere/istioctl, which is not')]);
});

describe('kubectl works with API servers one minor older or newer', () => {
  const says = (version: string): string =>
    `#!/bin/sh\necho Client Version: v${version}\necho Kustomize Version: v5.7.1\n`;
  const kubectl = (): Environment => {
    const programs = { ...environment().programs, kubectl: { version: '1.36.4' } };
    return { programs, istioVersions: [] as string[] } as Environment;
  };

  test.each(['1.35.8', '1.36.0', '1.37.2'])('%s on PATH is taken for 1.36.4', async (version) => {
    const file = program('kubectl', says(version));
    expect(await resolveProgram('kubectl', kubectl(), { kubernetes: '1.36.4' })).toEqual({
      name: 'kubectl',
      path: file,
    });
  });

  test('another one is refused by name, and said what is needed', async () => {
    const file = program('kubectl', says('1.34.4'));
    const { code, text } = await failure(resolveProgram('kubectl', kubectl(), { kubernetes: '1.36.4' }));
    expect(code).toBe(3);
    expect(text).toContain(`PATH has only another version of kubectl: ${file} 1.34.4`);
    expect(text).toContain('expected: kubectl 1.36.4');
    // clusters that exist have a Kubernetes that no environment knows
    expect((await resolveProgram('kubectl', kubectl())).path).toBe(file);
  });

  test('a later one on PATH is found, and comes before the one that does not fit', async () => {
    program('kubectl', says('1.34.4'));
    const other = path.join(folder, 'other');
    mkdirSync(other);
    writeFileSync(path.join(other, 'kubectl'), says('1.36.1'), { mode: 0o755 });
    vi.stubEnv('PATH', `${path.join(folder, 'bin')}:${other}`);
    const found = await resolveProgram('kubectl', kubectl(), { kubernetes: '1.36.4' });
    expect(found).toEqual({ name: 'kubectl', path: path.join(other, 'kubectl'), given: true });
  });

  test('so does one of the cache', async () => {
    program('kubectl', says('1.34.4'));
    const file = path.join(folder, 'loaded');
    writeFileSync(file, 'loaded');
    const source = { version: '1.36.4' };
    const { path: kept } = await addProgram('kubectl', source, { file, packed: false });
    expect(kept).toBe(path.join(folder, 'cache/meshproof/programs/kubectl-1.36.4', sha256('loaded'), 'kubectl'));
    const found = await resolveProgram('kubectl', kubectl(), { kubernetes: '1.36.4' });
    expect(found).toEqual({ name: 'kubectl', path: kept, given: true });
  });
});

test.each([
  ['0.33.0', undefined],
  ['0.33.1', /^kind 0\.33\.1 \(.*\) is used; 0\.33\.0 is the version tested$/],
  ['0.40.0', /0\.40\.0/],
])('kind %s on PATH is accepted', async (version, note) => {
  const file = program('kind', `#!/bin/sh\necho kind v${version} go1.27 linux/amd64\n`);
  const found = await resolveProgram('kind', environment());
  expect(found.path).toBe(file);
  if (note) expect(found.note).toMatch(note);
  else expect(found.note).toBeUndefined();
});

test('an older kind is refused by name, with where to get the right one', async () => {
  program('kind', '#!/bin/sh\necho kind v0.20.0 go1.20 linux/amd64\n');
  const { code, text } = await failure(resolveProgram('kind', environment()));
  expect(code).toBe(3);
  expect(text).toMatch(/PATH has only another version of kind: .*bin\/kind 0\.20\.0/);
  expect(text).toContain('install kind 0.33.0 from https://kind.sigs.k8s.io/');
});

test('istioctl: the one with the version in its name, else one that says so, suffixes aside', async () => {
  const plain = program('istioctl', '#!/bin/sh\necho client version: 1.31.0-lab\n');
  expect((await resolveProgram('istioctl', environment())).path).toBe(plain);
  const named = program('istioctl-1.31.0', '#!/bin/sh\n');
  expect((await resolveProgram('istioctl', environment())).path).toBe(named);
  const { text } = await failure(resolveProgram('istioctl', environment(), { istioVersion: '1.30.4' }));
  expect(text).toContain('istioctl 1.31.0-lab');
  expect(text).toContain('expected: istioctl 1.30.4');
});

test('not there and nowhere to get it', async () => {
  const { code, text } = await failure(resolveProgram('kind', environment()));
  expect(code).toBe(3);
  expect(text).toContain('kind is not installed or not on PATH');
});

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
    expect([code, text]).toEqual([3, expect.stringContaining(`${file} is not used, because it was changed after it`)]);
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
  ['a broken connection', (request) => request.socket.destroy(), /broke off the connection/, limits],
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
  // ten times as long as a server may be silent
  const found = resolveProgram('kind', environment(source), { limits: impatient });
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
  expect((await failure(resolveProgram('kind', secure, { limits }))).text).toContain(`by way of the proxy ${address}`);
  expect(asked.at(-1)).toBe('CONNECT downloads.invalid:443');
});

test('an archive without the program and a URL without a checksum are refused', async () => {
  writeFileSync(path.join(folder, 'other'), '');
  const chunks: Buffer[] = [];
  for await (const chunk of tar.create({ gzip: true, cwd: folder }, ['other'])) chunks.push(chunk as Buffer);
  const archive = Buffer.concat(chunks);
  const url = await serve((_request, response) => response.end(archive));
  const empty = { url: `${url}/kind.tgz`, sha256: sha256(archive) };
  expect((await failure(resolveProgram('kind', environment(empty), { limits }))).text).toContain('holds no file kind');
  const bare = { url: `${url}/kind.tgz` };
  expect((await failure(resolveProgram('kind', environment(bare), { limits }))).text).toContain('without a checksum');
  expect(existsSync(path.join(folder, 'cache/meshproof/programs/kind-0.33.0'))).toBe(false);
});
