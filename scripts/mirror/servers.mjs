// Servers on this machine that stand in for registries and download pages, working and failing.
import { spawn } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { $ } from 'zx';

/** Starts Debian's docker-registry, unpacked into the workspace; returns its host and port. */
export async function startRegistry(workspace) {
  const unpacked = join(workspace.folder, 'registry');
  mkdirSync(unpacked);
  await $({ cwd: unpacked })`apt-get download -q docker-registry && dpkg -x docker-registry_*.deb .`;
  const port = await freePort();
  const configuration = {
    version: 0.1,
    storage: { filesystem: { rootdirectory: join(workspace.folder, 'registry-data') } },
    http: { addr: `127.0.0.1:${port}` },
  };
  writeFileSync(join(unpacked, 'config.yaml'), stringify(configuration));
  const program = join(unpacked, 'usr/bin/docker-registry');
  const child = spawn(program, ['serve', join(unpacked, 'config.yaml')], { stdio: 'ignore' });
  workspace.defer(() => child.kill());
  return `127.0.0.1:${port}`;
}

/** What a file server can do instead of sending a file. */
const troubles = {
  silent: () => {},
  /** 8 Mbit/s: some minutes for a kubectl of 150 MB. */
  slow: (answer, file) => {
    const bytes = readFileSync(file);
    answer.writeHead(200, { 'Content-Length': bytes.length });
    let at = 0;
    const timer = setInterval(() => {
      answer.write(bytes.subarray(at, (at += 100_000)));
      if (at < bytes.length) return;
      clearInterval(timer);
      answer.end();
    }, 100);
    answer.on('close', () => clearInterval(timer));
  },
  failing: (answer) => answer.writeHead(503).end(),
  corrupted: (answer, file) => {
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] ^= 1;
    answer.end(bytes);
  },
};

/**
 * Serves a folder; returns the address. `<address>/<trouble>/<word>` serves it as well, but has that trouble with every
 * file whose path holds the word, checksum files excepted.
 */
export async function startFileServer(workspace, files) {
  return serve(workspace, (request, answer) => {
    const [, trouble, ...rest] = request.url.split('/');
    const [name, only, ...path] = troubles[trouble] ? [trouble, ...rest] : [undefined, undefined, trouble, ...rest];
    const file = join(files, ...path);
    if (name && file.includes(only) && !/sha256(sum)?$/.test(file)) return troubles[name](answer, file);
    if (!existsSync(file)) return answer.writeHead(404).end();
    createReadStream(file).pipe(answer);
  });
}

/** Starts an HTTP server on a free port; returns its address. `create` makes one of another kind. */
export async function serve(workspace, handle, { host = '127.0.0.1', create = createServer } = {}) {
  const server = create(handle);
  await listen(server, host);
  workspace.defer(() => server.closeAllConnections() ?? server.close());
  return `http://${host}:${server.address().port}`;
}

async function freePort() {
  const server = createServer();
  await listen(server);
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listen(server, host = '127.0.0.1') {
  return new Promise((resolve) => server.listen(0, host, resolve));
}
