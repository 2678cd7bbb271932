import { mkdir } from 'node:fs/promises';
import { availableParallelism, freemem } from 'node:os';
import path from 'node:path';
import { run, type CommandError } from '../../kernel/run-program.js';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { unpackFromSid } from './debian.js';
import { goVersion, type GoProgram } from './go-programs.js';
import { definitions, inHome } from './lab-home.js';

/** What decides the bytes of a build; set whatever the caller's own Go settings are. */
const buildSettings: Record<string, string> = {
  CGO_ENABLED: '0',
  GOOS: 'linux',
  GOARCH: 'amd64',
  GOAMD64: 'v1',
  GOEXPERIMENT: '',
  GOFLAGS: '-mod=readonly -buildvcs=false',
  GOWORK: 'off',
};

/**
 * Builds that run beside each other; each has a compiler or linker for every processor. What is worked on beside another
 * build fills the time in which that one has one package to compile only.
 */
export const buildsAtOnce = 2;

/**
 * Go's compilers live for seconds, so collecting their garbage is a waste: it begins where the compilers and linkers that
 * run at once would fill three quarters of the free memory. Changes no byte of what is built.
 */
export function collectorSettings(free = freemem(), processors = availableParallelism()): Record<string, string> {
  const limit = Math.floor((free * 0.75) / (buildsAtOnce * processors) / 1024 ** 2);
  return { GOGC: 'off', GOMEMLIMIT: `${Math.max(limit, 256)}MiB` };
}

/** Caches in the lab's own folder, unless the caller has some: `lab remove` is to leave nothing behind. */
function caches(): Record<string, string> {
  return {
    GOPATH: process.env['GOPATH'] || inHome('go'),
    GOCACHE: process.env['GOCACHE'] || inHome('go', 'build'),
  };
}

/** The machine's own Go, else Debian sid's, unpacked in the lab's folder. It gets the toolchain that is asked for. */
async function goProgram(): Promise<string> {
  const known = await run('go', ['version'], { timeout: 20, env: { GOTOOLCHAIN: 'local' } }).catch(() => '');
  const minor = Number(/ go1\.(\d+)/.exec(known)?.[1] ?? 0);
  // from 1.21 on, Go fetches the toolchain that GOTOOLCHAIN names from the module proxy
  if (minor >= 21) return 'go';
  const root = await unpackFromSid(['golang-1.26-go', 'golang-1.26-src']);
  return path.join(root, 'usr/lib/go-1.26/bin/go');
}

let program: Promise<string> | undefined;

/**
 * Runs Go in a folder, with the lab's settings, and returns what it prints. `toolchain` is Go's own GOTOOLCHAIN: what is
 * only downloaded needs no certain version.
 */
export async function go(args: readonly string[], cwd: string, timeout = 600, toolchain = 'auto'): Promise<string> {
  program ??= goProgram();
  await mkdir(inHome('go'), { recursive: true });
  const env = { ...caches(), ...buildSettings, ...collectorSettings(), GOTOOLCHAIN: toolchain };
  return run(await program, args, { cwd, timeout, env });
}

/** Folder of a program's go.mod. */
export function moduleFolder({ module }: Pick<GoProgram, 'module'>): string {
  return path.resolve(definitions, 'modules', module);
}

/** Flags of compiler and linker. */
function flagsOf({ variables = {} }: GoProgram): string[] {
  const values = Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`);
  return ['-trimpath', '-ldflags', ['-s -w', ...values].join(' ')];
}

/**
 * Compiles programs of one of the `buildsOf`; the same bytes whenever and wherever it is done. Each gets a file of its
 * package's name in `folder`; those files are returned, in the order of `programs`.
 */
export async function compile(programs: readonly GoProgram[], folder: string): Promise<string[]> {
  const first = programs[0]!;
  // Go names a program after the last part of its package's path, and skips a major version such as v2
  const named = programs.map((one) => one.package.replace(/\/v\d+$/, ''));
  const files = named.map((name) => path.join(folder, name === '.' ? first.name : path.basename(name)));
  const output = programs.length > 1 ? folder + path.sep : files[0]!;
  const packages = programs.map((one) => one.package);
  await go(['build', ...flagsOf(first), '-o', output, ...packages], moduleFolder(first), 7200, `go${goVersion}`);
  return files;
}

/** Downloads the modules that programs of one build need, while another one is compiled. */
export async function fetchModules(programs: readonly GoProgram[]): Promise<void> {
  const first = programs[0]!;
  const packages = programs.map((one) => one.package);
  await go(['list', '-deps', '-f', '{{""}}', ...packages], moduleFolder(first), 1200, `go${goVersion}`);
}

/** A module that was downloaded: its version, source folder and go.mod. */
export interface DownloadedModule {
  Version: string;
  Dir: string;
  GoMod: string;
}

/** Downloads a module, e.g. istio.io/istio@v1 or @<commit>. The source is read-only. */
export async function downloadModule(module: string, cwd = inHome('go')): Promise<DownloadedModule> {
  await mkdir(cwd, { recursive: true });
  const output = await go(['mod', 'download', '-json', module], cwd).catch((cause: CommandError) => {
    throw new MeshproofError(`the Go module ${module} cannot be downloaded`, exitCode.environment, {
      expected: cause.output.trim().slice(0, 500) || 'its source code from the Go module proxy',
      remedy: 'check its version, the network, and GOPROXY',
      cause,
    });
  });
  return JSON.parse(output) as DownloadedModule;
}

/** Source folder of a module; checked against go.sum where `cwd` has one. */
export async function moduleSource(module: string, cwd: string): Promise<string> {
  return (await downloadModule(module, cwd)).Dir;
}
