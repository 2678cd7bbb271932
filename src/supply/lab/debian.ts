import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pLimit from 'p-limit';
import { run } from '../../kernel/run-program.js';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { inHome } from './lab-home.js';

/** Debian release of the images' root file system. */
export const release = 'bookworm';

const noQuestions = { DEBIAN_FRONTEND: 'noninteractive' };

/** Can this machine carry the lab, and may this user build it? */
export function canCarryLab(): boolean {
  return isDebian() && process.arch === 'x64' && process.getuid?.() === 0;
}

/** Is this Debian itself? What is made from it, such as Ubuntu, has other packages under the same names. */
export function isDebian(file = '/etc/os-release'): boolean {
  return existsSync(file) && /^ID=["']?debian["']?$/m.test(readFileSync(file, 'utf8'));
}

/** Programs that the lab needs on the machine itself, and the packages that bring them. */
const hostPrograms: Record<string, readonly string[]> = {
  // bookworm's own: sid's needs a newer glibc
  runc: ['runc'],
  iptables: ['iptables'],
  debootstrap: ['debootstrap'],
  ip: ['iproute2'],
  xz: ['xz-utils'],
  gcc: ['gcc', 'libc6-dev'],
  pip: ['python3-pip'],
};

/** Is this machine Debian, and this user root? Throws (exit 3) when not: nothing else can carry the lab. */
export function requireDebian(): void {
  const remedy = 'use a machine with Docker and the internet instead: --environment public';
  if (!isDebian()) {
    throw new MeshproofError('the lab can only be built on Debian', exitCode.preflight, { remedy });
  }
  if (process.arch !== 'x64') {
    throw new MeshproofError(`the lab is built for amd64, this is ${process.arch}`, exitCode.preflight, { remedy });
  }
  if (process.getuid?.() !== 0) {
    throw new MeshproofError('only root can build and start the lab', exitCode.preflight, {
      remedy: `run it with sudo; or ${remedy}`,
    });
  }
}

/** Packages that must be installed before anything else can be done. */
export async function missingPackages(): Promise<string[]> {
  const missing: string[] = [];
  for (const [program, packages] of Object.entries(hostPrograms)) {
    const there = await run('sh', ['-c', 'command -v "$0"', program]).then(Boolean, () => false);
    if (!there) missing.push(...packages);
  }
  return missing;
}

/** Names of all installed packages. */
export async function installedPackages(): Promise<string[]> {
  const lines = await run('dpkg-query', ['-W', '-f', '${db:Status-Abbrev} ${Package}\\n']);
  return lines.split('\n').flatMap((line) => (line.startsWith('ii') ? [line.split(/\s+/)[1]!] : []));
}

/** Installs packages; returns the names of all that came, with what they depend on. */
export async function installPackages(names: readonly string[]): Promise<string[]> {
  const before = new Set(await installedPackages());
  await run('apt-get', ['update', '-q'], { timeout: 300, env: noQuestions });
  await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...names], {
    timeout: 600,
    env: noQuestions,
  });
  return (await installedPackages()).filter((name) => !before.has(name));
}

/** Removes packages with their configuration, except what something else depends on by now; returns the names of that. */
export async function removePackages(names: readonly string[]): Promise<string[]> {
  const installed = await installedPackages();
  const there = names.filter((name) => installed.includes(name));
  const going = await removable(there, async (some) => {
    const lines = await run('apt-get', ['purge', '-s', '-q', ...some], { timeout: 60, env: noQuestions });
    return [...lines.matchAll(/^(?:Purg|Remv) (\S+)/gm)].map(([, name]) => name!);
  });
  if (going.length > 0) await run('apt-get', ['purge', '-y', '-q', ...going], { timeout: 300, env: noQuestions });
  return there.filter((name) => !going.includes(name));
}

/** The packages that can go without any other; `removedWith` says what would go with some. */
export async function removable(
  names: readonly string[],
  removedWith: (names: readonly string[]) => Promise<string[]>,
): Promise<readonly string[]> {
  for (let going = names; ;) {
    const others = async (some: readonly string[]): Promise<boolean> =>
      (await removedWith(some)).some((name) => !going.includes(name));
    if (going.length === 0 || !(await others(going))) return going;
    const alone = await Promise.all(going.map(async (name) => ((await others([name])) ? [] : [name])));
    going = alone.flat();
  }
}

let known: Promise<string> | undefined;

/** Address of the Debian mirror that this machine uses. */
export function mirror(): Promise<string> {
  return (known ??= findMirror());
}

async function findMirror(): Promise<string> {
  const codename = /^VERSION_CODENAME=(\S+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? release;
  const find = async (): Promise<string | undefined> => {
    const format = '$(REPO_URI) $(ORIGIN) $(CODENAME)';
    const lines = await run('apt-get', ['indextargets', '--format', format, 'Created-By: Packages']);
    return lines
      .split('\n')
      .find((line) => line.endsWith(` Debian ${codename}`))
      ?.split(' ')[0];
  };
  const found = await find();
  if (found) return found;
  // without package lists apt knows no addresses
  await run('apt-get', ['update', '-q'], { timeout: 300, env: noQuestions });
  const now = await find();
  if (now) return now;
  throw new MeshproofError(`apt has no source for Debian ${codename}`, exitCode.preflight, {
    remedy: 'add one to /etc/apt/sources.list',
  });
}

/** apt-get locks its folders, and a second one ends at once instead of waiting. */
const oneAtATime = pLimit(1);

/**
 * Downloads packages of Debian sid and unpacks them beside the system, without installing anything; returns the folder
 * that holds them all. bookworm's Docker 20.10 cannot start the containers that kind needs; sid's needs only glibc 2.34.
 */
export function unpackFromSid(names: readonly string[]): Promise<string> {
  return oneAtATime(() => unpackAll(names));
}

async function unpackAll(names: readonly string[]): Promise<string> {
  const root = inHome('sid', 'root');
  const folder = inHome('sid');
  const done = (name: string): string => inHome('sid', `${name}.unpacked`);
  const wanted = names.filter((name) => !existsSync(done(name)));
  if (wanted.length === 0) return root;
  const packages = inHome('debs');
  for (const part of [packages, `${folder}/lists/partial`, `${folder}/archives/partial`]) {
    await mkdir(part, { recursive: true });
  }
  await writeFile(`${folder}/sources.list`, `deb ${await mirror()} sid main\n`);
  const settings = {
    'Dir::Etc::sourcelist': `${folder}/sources.list`,
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::Lists': `${folder}/lists`,
    'Dir::Cache::archives': `${folder}/archives`,
  };
  const configuration = path.join(folder, 'apt.conf');
  await writeFile(
    configuration,
    Object.entries(settings)
      .map(([key, value]) => `${key} "${value}";\n`)
      .join(''),
  );
  const options = { cwd: packages, timeout: 600, env: { ...noQuestions, APT_CONFIG: configuration } };
  await run('apt-get', ['update', '-q'], options);
  for (const name of wanted) {
    await run('apt-get', ['download', '-q', name], options);
    const file = (await readdir(packages)).find((deb) => deb.startsWith(`${name}_`))!;
    await run('dpkg', ['-x', path.join(packages, file), root], { timeout: 120 });
    await writeFile(done(name), '');
  }
  return root;
}

/** The root file system of the lab's images, made by debootstrap once; returns its folder. */
export async function rootFileSystem(): Promise<string> {
  const root = inHome('rootfs');
  if (existsSync(root)) return root;
  const part = `${root}.part`;
  await rm(part, { recursive: true, force: true });
  const include = '--include=iptables,iproute2,curl,ca-certificates';
  await run('debootstrap', ['--variant=minbase', include, release, part, await mirror()], { timeout: 900 });
  await rename(part, root);
  return root;
}
