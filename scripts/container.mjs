#!/usr/bin/env node
// Builds meshproof's own image and runs a command in it, beside the clusters: for macOS, Windows (WSL2), rootless and remote
// Docker, where container addresses cannot be reached. docs/container.md says how it works.
//   node scripts/container.mjs [--base IMAGE] [--cli IMAGE] [--lab] <arguments of meshproof>
// Needs docker and Node.js only. State, cache and the folder that one is in are mounted at their own paths.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const project = fileURLToPath(new URL('..', import.meta.url));
const image = 'meshproof/container';

/** Folders that the container shares with this machine, at the same paths: the daemon mounts parts of them into others. */
export function sharedFolders(env, cwd) {
  const state = env.MESHPROOF_STATE_DIR || join(env.XDG_STATE_HOME || join(homedir(), '.local/state'), 'meshproof');
  // its programs are Linux's, whatever this machine is
  const cache = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'meshproof-container');
  return { state: resolve(cwd, state), cache, cwd };
}

/**
 * Arguments of `docker run`. `daemon` is `docker info`'s answer, `endpoint` where docker finds it, `user` this machine's
 * user and `lab` the lab's folder, if it is wanted.
 */
export function runArguments({ env, cwd, platform, daemon, endpoint, user, terminal, lab }) {
  const { state, cache } = sharedFolders(env, cwd);
  const rootless = (daemon.SecurityOptions ?? []).some((option) => option.includes('rootless'));
  const inMachine = platform !== 'linux' || daemon.OperatingSystem === 'Docker Desktop';
  const socket =
    inMachine || !endpoint.startsWith('unix://') ? '/var/run/docker.sock' : endpoint.slice('unix://'.length);
  const passed = Object.keys(env).filter((name) =>
    /^(CI|TERM|NO_COLOR|DOCKER_AUTH_CONFIG|DOCKER_DEFAULT_PLATFORM|MESHPROOF_.*|(HTTPS?|NO|https?|no)_(PROXY|proxy))$/.test(
      name,
    ),
  );
  const own = /^MESHPROOF_(STATE_DIR|NODE|KIND|KUBECTL|ISTIOCTL|DOCKER|HELM)$/;
  return [
    ...['run', '--rm', terminal ? '-it' : '-i'],
    // leases are judged by process and host: those of all containers and of the daemon's own machine must be the same
    ...['--pid', 'host', '--hostname', daemon.Name],
    ...['-v', `${socket}:/var/run/docker.sock`],
    ...[...new Set([state, cache, cwd])].flatMap((folder) => ['-v', `${folder}:${folder}`]),
    ...(lab ? ['-v', `${lab}:${lab}:ro`, '-e', `MESHPROOF_LAB_HOME=${lab}`] : []),
    ...['-w', cwd, '-e', `MESHPROOF_STATE_DIR=${state}`, '-e', `XDG_CACHE_HOME=${cache}`, '-e', `HOME=${cache}`],
    ...passed.filter((name) => !own.test(name)).flatMap((name) => ['-e', name]),
    // files it writes belong to the user who runs it; elsewhere Docker maps the owner
    ...(!inMachine && !rootless && user.uid !== 0
      ? ['--user', `${user.uid}:${user.gid}`, '--group-add', String(user.socketGroup)]
      : []),
  ];
}

/** This script's own options come first; the rest, from the first other word on, is meshproof's. */
export function splitArguments(args) {
  const own = args.findIndex(
    (arg, i) => !['--base', '--cli', '--lab'].includes(arg) && !['--base', '--cli'].includes(args[i - 1]),
  );
  return own < 0 ? [args, []] : [args.slice(0, own), args.slice(own)];
}

const docker = (...args) => execFileSync('docker', args, { encoding: 'utf8', maxBuffer: 1 << 26 }).trim();

function build({ base, cli }) {
  const given = { BASE: base, CLI: cli, COMMIT: commit() };
  const args = Object.entries(given).flatMap(([name, value]) => (value ? ['--build-arg', `${name}=${value}`] : []));
  const inherit = { stdio: ['ignore', 'ignore', 'inherit'] };
  execFileSync(
    'docker',
    ['build', '-q', ...args, '-t', image, '-f', join(project, 'container/Dockerfile'), project],
    inherit,
  );
}

/** The lab's base image with Node.js, docker and the installed packages of this machine; returns its name. */
function buildLabBase() {
  const folder = mkdtempSync(join(tmpdir(), 'meshproof-container-'));
  try {
    cpSync(realpathSync(process.execPath), join(folder, 'node'));
    cpSync(realpathSync(which('docker')), join(folder, 'docker'));
    cpSync(join(project, 'node_modules'), join(folder, 'node_modules'), { recursive: true, verbatimSymlinks: true });
    docker('build', '-q', '-t', `${image}-base`, '-f', join(project, 'container/lab.Dockerfile'), folder);
    return `${image}-base`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function which(name) {
  return execFileSync('sh', ['-c', 'command -v "$0"', name], { encoding: 'utf8' }).trim();
}

/** Of this checkout, for reports; none where there is no git. */
function commit() {
  try {
    return execFileSync('git', ['-C', project, 'rev-parse', '--short=12', 'HEAD'], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  } catch {
    return undefined;
  }
}

async function main() {
  const options = { base: { type: 'string' }, cli: { type: 'string' }, lab: { type: 'boolean', default: false } };
  const [own, meshproof] = splitArguments(process.argv.slice(2));
  const { values } = parseArgs({ args: own, options });
  const base = values.lab ? buildLabBase() : values.base;
  build({ base, cli: values.lab ? base : values.cli });
  const { env } = process;
  const cwd = process.cwd();
  const { state, cache } = sharedFolders(env, cwd);
  for (const folder of [state, cache]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const endpoint = env.DOCKER_HOST || docker('context', 'inspect', '-f', '{{.Endpoints.docker.Host}}');
  const socket = endpoint.replace('unix://', '');
  const args = runArguments({
    env,
    cwd,
    platform: process.platform,
    daemon: JSON.parse(docker('info', '--format', '{{json .}}')),
    endpoint,
    user: {
      uid: process.getuid?.() ?? 0,
      gid: process.getgid?.() ?? 0,
      socketGroup: existsSync(socket) ? statSync(socket).gid : 0,
    },
    terminal: Boolean(process.stdin.isTTY && process.stderr.isTTY),
    lab: values.lab ? env.MESHPROOF_LAB_HOME || '/var/lib/mesh-lab' : undefined,
  });
  const child = spawn('docker', [...args, image, ...meshproof], { stdio: 'inherit' });
  // docker passes them on, and meshproof cleans up before it ends
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
  child.on('exit', (code) => (process.exitCode = code ?? 130));
}

if (import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) await main();
