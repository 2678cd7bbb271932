#!/usr/bin/env node
// Environment `public` without the internet: a registry (Debian's docker-registry) and a file server on this machine are
// filled from the lab under the public names; then every way in which they can fail must end a run within 30 s with its
// own clear message, and the main job must be green with nothing but base addresses changed.
//   node scripts/public-mirror.mjs [--only <word of a case's name>] [--no-mesh] [-- <arguments of the main job's run>]
// as root, where the lab is up
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $, argv, which } from 'zx';
import { parse, stringify } from 'yaml';
import { prepare } from './prepare.mjs';

await prepare();
const { inHome } = await import('../dist/lab/home.js');
const { withoutDigest } = await import('../dist/topology/images.js');
const { cacheManifest, tagPublicly, writePublicEnvironment } = await import('./public-names.mjs');

$.quiet = true;
const topology = 'multi-network-multi-primary';
const istio = '1.31.0';
const folder = mkdtempSync(join(tmpdir(), 'public-mirror-'));
const files = join(folder, 'files');
process.env.PATH += `:${inHome('bin')}`;

const environment = writePublicEnvironment(folder);
const closing = [];
let failed = 0;
try {
  const registry = await startRegistry();
  const mirror = await startFileServer();
  const images = await fill(registry);
  await checkFailures(registry, mirror, images);
  if (argv.mesh !== false) await proveMainJob(registry, mirror, images);
} finally {
  for (const close of closing.reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
}
console.log(failed === 0 ? 'all as expected' : `${failed} not as expected`);
process.exitCode = failed > 0 ? 1 : 0;

/** Starts Debian's docker-registry, unpacked beside the system; returns its host and port. */
async function startRegistry() {
  const unpacked = join(folder, 'registry');
  mkdirSync(unpacked);
  await $({ cwd: unpacked })`apt-get download -q docker-registry && dpkg -x docker-registry_*.deb .`;
  const port = await freePort();
  const configuration = {
    version: 0.1,
    storage: { filesystem: { rootdirectory: join(folder, 'registry-data') } },
    http: { addr: `127.0.0.1:${port}` },
  };
  writeFileSync(join(unpacked, 'config.yaml'), stringify(configuration));
  const program = join(unpacked, 'usr/bin/docker-registry');
  const child = spawn(program, ['serve', join(unpacked, 'config.yaml')], { stdio: 'ignore' });
  closing.push(() => child.kill());
  return `127.0.0.1:${port}`;
}

/** Serves the folder of files. A path that begins with a trouble's name has that trouble with the rest of the path. */
async function startFileServer() {
  const troubles = {
    slow: () => {},
    failing: (answer) => answer.writeHead(503).end(),
    corrupted: (answer, file) => {
      const bytes = readFileSync(file);
      bytes[bytes.length >> 1] ^= 1;
      answer.end(bytes);
    },
  };
  return serve((request, answer) => {
    const [, trouble, ...rest] = request.url.split('/');
    const [name, only, ...path] = troubles[trouble] ? [trouble, ...rest] : [undefined, undefined, trouble, ...rest];
    const file = join(files, ...path);
    // trouble/<word>/...: only with what has the word in its path, and never with its checksum file
    if (name && file.includes(only) && !/sha256(sum)?$/.test(file)) return troubles[name](answer, file);
    if (!existsSync(file)) return answer.writeHead(404).end();
    createReadStream(file).pipe(answer);
  });
}

/** Starts an HTTP server on a free port; returns its address. */
async function serve(handle, log = []) {
  const server = createServer((request, answer) => {
    log.push(request.url);
    handle(request, answer);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.closeAllConnections() ?? server.close());
  return `http://127.0.0.1:${server.address().port}`;
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Gives the lab's images their public names, and pushes, saves and lays them out with the product's own commands. */
async function fill(registry) {
  const tags = await tagPublicly(istio);
  closing.push(() => $({ nothrow: true })`docker rmi ${tags}`);
  const env = meshproofEnv({ cache: 'filling' });
  cacheManifest(env.XDG_CACHE_HOME);
  const meshproof = (args) => $({ env, cwd: folder })`${process.cwd()}/meshproof ${args}`;
  const own = ['--environment', environment];
  await meshproof(['images', 'push', registry, topology, ...own]);
  const images = join(folder, 'images.yaml');
  writeFileSync(images, readFileSync(join(folder, 'meshproof-images.yaml')));
  await meshproof(['images', 'save', 'all.tar', topology, ...own, '--images', images]);
  await meshproof(['images', 'load', 'all.tar', '--folder', files, ...own]);
  rmSync(join(folder, 'all.tar'));
  // from now on they are in the registry only
  const pushed = Object.values(parse(readFileSync(images, 'utf8')));
  await $`docker rmi ${[...tags, ...pushed.map(withoutDigest), ...pushed]}`.nothrow();
  return { images, pushed };
}

function meshproofEnv({ cache, path, more }) {
  return {
    ...process.env,
    MESHPROOF_STATE_DIR: join(folder, 'state'),
    XDG_CACHE_HOME: join(folder, cache),
    ...(path ? { PATH: path, MESHPROOF_LAB_HOME: join(folder, 'no-lab') } : {}),
    ...more,
  };
}

/** A PATH with docker and what scripts need, but without kind, kubectl and istioctl: they must be downloaded. */
async function barePath() {
  const bin = mkdtempSync(join(folder, 'bin-'));
  for (const name of ['sh', 'dirname', 'readlink', 'node', 'docker', 'git']) {
    const file = await which(name, { nothrow: true });
    if (file) symlinkSync(file, join(bin, name));
  }
  return bin;
}

async function checkFailures(registry, mirror, { images }) {
  const nowhere = await serve((request, answer) => answer.writeHead(500).end('{"errors":[]}'));
  const silent = await serve(() => {});
  const login = await serve((request, answer) =>
    answer.writeHead(401, { 'WWW-Authenticate': 'Basic realm="private"' }).end(),
  );
  const host = (address) => address.replace('http://', '');
  const one = (name) => {
    const file = join(folder, `images-${name.replace(/\W+/g, '-')}.yaml`);
    writeFileSync(file, stringify({ ...parse(readFileSync(images, 'utf8')), sleep: name }));
    return ['--images', file];
  };
  const good = ['--mirror', mirror, '--images', images];
  const cases = [
    {
      name: 'corrupted download',
      args: ['--mirror', `${mirror}/corrupted/kubectl`, '--images', images],
      exit: 3,
      words: /kubectl \S+ could not be downloaded: \S+ is corrupted or not the pinned file: its sha256 is [0-9a-f]{64}/,
    },
    {
      name: 'corrupted manifest',
      args: ['--mirror', `${mirror}/corrupted/metallb`, '--images', images],
      exit: 4,
      words: /MetalLB's manifest cannot be read: \S+ is corrupted or not the pinned file/,
    },
    {
      name: 'slow file server',
      args: ['--mirror', `${mirror}/slow/kind`, '--images', images],
      exit: 3,
      words: /kind \S+ could not be downloaded: \S+ sent nothing for 10 s/,
    },
    {
      name: 'failing file server',
      args: ['--mirror', `${mirror}/failing/istioctl`, '--images', images],
      exit: 3,
      words: /istioctl \S+ could not be downloaded: \S+ answered 503/,
    },
    {
      name: 'missing tag',
      args: ['--mirror', mirror, ...one(`${registry}/curlimages/curl:0.0.0`)],
      exit: 4,
      words: /image \S+curl:0\.0\.0: \S+ has no such image[^]*to do: correct its name or tag/,
    },
    {
      name: 'slow registry',
      args: ['--mirror', mirror, ...one(`${host(silent)}/curlimages/curl:8.16.0`)],
      exit: 4,
      words: /registry 127\.0\.0\.1:\d+: 127\.0\.0\.1:\d+ cannot be reached: no answer in 10 s/,
    },
    {
      name: 'failing registry',
      args: ['--mirror', mirror, ...one(`${host(nowhere)}/curlimages/curl:8.16.0`)],
      exit: 4,
      words: /127\.0\.0\.1:\d+ fails: [^\n]*500/,
    },
    {
      name: 'authenticating registry',
      args: ['--mirror', mirror, ...one(`${host(login)}/curlimages/curl:8.16.0`)],
      exit: 4,
      words: /127\.0\.0\.1:\d+ refuses access[^]*to do: docker login 127\.0\.0\.1:\d+/,
    },
    {
      name: 'proxy that is not there',
      args: good,
      more: { HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: '', http_proxy: undefined, no_proxy: undefined },
      exit: 3,
      words:
        /could not be downloaded: \S+ cannot be reached: the connection was refused \(by way of the proxy http:\/\/127\.0\.0\.1:9/,
    },
  ];
  for (const { name, args, exit, words, more } of cases.filter((entry) => entry.name.includes(argv.only ?? ''))) {
    const env = meshproofEnv({ cache: `cache-${name}`, path: await barePath(), more });
    const start = Date.now();
    const own = ['run', topology, '--environment', environment];
    const { exitCode, stderr } = await $({ nothrow: true, env })`./meshproof ${[...own, ...args]}`;
    const seconds = (Date.now() - start) / 1000;
    const wrong = [];
    if (exitCode !== exit) wrong.push(`exit code ${exitCode}, expected ${exit}`);
    if (seconds > 30) wrong.push('took longer than 30 s');
    if (!words.test(stderr)) wrong.push(`lacks ${words}`);
    console.log(`${wrong.length === 0 ? 'ok   ' : 'WRONG'} ${name}: exit ${exitCode} after ${seconds.toFixed(1)} s`);
    const said = stderr.slice(Math.max(0, stderr.lastIndexOf('meshproof:')));
    console.log((wrong.length > 0 ? [...wrong, stderr].join('\n') : said).trimEnd().replace(/^/gm, '      | '));
    if (wrong.length > 0) failed++;
  }
}

/** The main job with programs downloaded and images pulled, from the mirror only. */
async function proveMainJob(registry, mirror, { images, pushed }) {
  const env = meshproofEnv({ cache: 'cache', path: await barePath() });
  const start = Date.now();
  const args = ['run', topology, '--environment', environment, '--mirror', mirror, '--images', images, ...argv._];
  const { exitCode, stdout, stderr } = await $({ nothrow: true, env })`./meshproof ${args}`;
  closing.push(() => $({ nothrow: true })`docker rmi ${[...pushed, ...pushed.map(withoutDigest)]}`);
  console.log(
    `${exitCode === 0 ? 'ok   ' : 'WRONG'} main job in public: exit ${exitCode} after ${((Date.now() - start) / 1000).toFixed(1)} s`,
  );
  console.log((exitCode === 0 ? stdout : `${stderr}\n${stdout}`).trimEnd().replace(/^/gm, '      | '));
  if (exitCode !== 0) failed++;
}
