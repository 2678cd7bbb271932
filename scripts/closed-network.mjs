#!/usr/bin/env node
// A closed network: every image and program of the main job goes into one archive; then, in a network namespace that has
// no way out, with a Docker of its own that knows no image, the archive is loaded and the main job is proven. Whatever
// would go outside is counted at the namespace's only way, which leads nowhere.
//   node scripts/closed-network.mjs [-- <arguments of meshproof run>]      as root, where the lab is up
import './own-node.mjs';
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $, argv, which } from 'zx';

const { inHome } = await import('../dist/src/supply/lab/lab-home.js');
const { cacheManifest, tagPublicly, writePublicEnvironment } = await import('./mirror/public-images.mjs');

$.quiet = true;
const topology = 'multi-network-multi-primary';
// the lab's own versions, under public names
const istio = '1.31.0';
const kubernetes = '1.34.11';
const versions = ['--istio', istio, '--kubernetes', kubernetes];
/** DNS type HINFO. */
const hostInformation = 13;
/** What goes to the only way out although nobody asks anything outside, by what iptables knows of it; the rest comes last. */
const ways = [
  { what: 'of multicast', to: ['-d', '224.0.0.0/4'] },
  { what: "to the other network's pods, which LB-3 calls because they must not answer", to: ['-d', '10.0.0.0/8'] },
  { what: "to the address of clouds' own data, which Istio's agents ask", to: ['-d', '169.254.169.254/32'] },
  { what: 'to the networks of clusters', to: ['-d', '172.16.0.0/12'] },
  { what: 'to anybody else', to: [] },
];
/** Names that are asked for without need, and by whom. */
const questions = {
  'host.docker.internal': "the start of kind's node image",
  'istiod.istio-system.svc':
    'resolvers of pods that start before the Service istiod is known, as the last of their search list',
  'metadata.google.internal': "Istio's agents, to learn which cloud they run in",
};
if (argv.inside) await inside(argv.inside);
else await outside();

/** Saves the archive, and starts this script again in a namespace. */
async function outside() {
  const folder = mkdtempSync(join(tmpdir(), 'closed-'));
  process.env.PATH += `:${inHome('bin')}`;
  const tags = await tagPublicly({ istio, kubernetes });
  try {
    const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'saving') };
    await cacheManifest(env.XDG_CACHE_HOME);
    const environment = writePublicEnvironment(folder, { digests: false });
    await $({ env })`./meshproof images save ${folder}/all.tar ${topology} --environment ${environment} ${versions}`;
    const own = join(folder, 'home');
    mkdirSync(join(own, 'bin'), { recursive: true });
    // a Docker, and nothing else of the lab
    for (const name of readdirSync(inHome('bin'))) {
      if (/^(docker|containerd|ctr)/.test(name)) symlinkSync(inHome('bin', name), join(own, 'bin', name));
    }
    const system = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin'];
    const settings = {
      MESHPROOF_LAB_HOME: own,
      MESHPROOF_LAB_RUN: join('/run', folder.split('/').at(-1)),
      DOCKER_HOST: `unix://${folder}/docker.sock`,
      MESHPROOF_STATE_DIR: join(folder, 'state'),
      XDG_CACHE_HOME: join(folder, 'cache'),
      PATH: [join(own, 'bin'), ...system].join(':'),
    };
    const args = [
      '--net',
      '--mount',
      process.execPath,
      'scripts/closed-network.mjs',
      '--inside',
      folder,
      '--',
      ...argv._,
    ];
    const { status } = spawnSync('unshare', args, { stdio: 'inherit', env: { ...process.env, ...settings } });
    process.exitCode = status ?? 1;
  } finally {
    await $({ nothrow: true })`docker rmi ${tags}`;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Loads the archive and proves the main job, in a namespace whose only way out is counted and leads nowhere. */
async function inside(folder) {
  await $`ip link set lo up && ip link add outside type veth peer name nowhere`;
  for (const end of ['outside', 'nowhere']) await $`ip link set ${end} up`;
  await $`ip address add 192.0.2.1/24 dev outside && ip route add default via 192.0.2.2`;
  // behind all of Docker's own rules, before addresses are translated; the last one counts what has no excuse
  for (const { to } of ways) await $`iptables -t mangle -A POSTROUTING -o outside ${to} -j DROP`;
  const asked = await startNameServer(folder);
  const { startDocker, stopDocker } = await import('../dist/src/supply/lab/lab-daemon.js');
  await startDocker();
  try {
    const before = await $`docker images -q`;
    console.log(`images in this Docker before: ${before.stdout.split('\n').filter(Boolean).length}`);
    const options = { stdio: ['ignore', 'inherit', 'inherit'], cwd: folder };
    const bare = $({ ...options, env: { ...process.env, PATH: await barePath(folder) } });
    const meshproof = join(process.cwd(), 'meshproof');
    await bare`${meshproof} images load all.tar`;
    const environment = ['--environment', 'public.yaml', '--images', 'meshproof-images.yaml', ...versions];
    const { exitCode } = await bare`${meshproof} run ${topology} ${environment} ${argv._}`.nothrow();
    const counters = await $`iptables -t mangle -L POSTROUTING -v -x -n`;
    const dropped = counters.stdout.split('\n').filter((line) => / DROP .* outside /.test(line));
    const packets = dropped.map((line) => Number(line.trim().split(/\s+/)[0]));
    const outside = packets.at(-1);
    console.log(
      `packets that would have gone outside: ${ways.map(({ what }, i) => `${packets[i]} ${what}`).join(', ')}`,
    );
    // CoreDNS looks for a loop by asking for random names, of a type that nobody else asks for
    const names = new Set(asked.filter(({ type }) => type !== hostInformation).map(({ name }) => name));
    const unknown = [...names].filter((name) => !(name in questions));
    console.log(
      `names that were asked for: ${[...names].map((name) => `${name} (${questions[name] ?? 'by whom?'})`).join(', ')}`,
    );
    process.exitCode = exitCode === 0 && outside + unknown.length === 0 ? 0 : 1;
  } finally {
    await stopDocker();
  }
}

/** A name server for everybody in the namespace, which knows no name; returns what it is asked for. */
async function startNameServer(folder) {
  const asked = [];
  const server = createSocket('udp4').unref();
  server.on('message', (question, { port, address }) => {
    const labels = [];
    let at = 12;
    for (; question[at] > 0; at += question[at] + 1)
      labels.push(question.toString('latin1', at + 1, at + 1 + question[at]));
    asked.push({ name: labels.join('.'), type: question.readUInt16BE(at + 1) });
    // the question itself, as an answer: no such name
    question.writeUInt16BE(0x8183, 2);
    server.send(question, port, address);
  });
  await new Promise((resolve) => server.bind(53, '192.0.2.1', resolve));
  writeFileSync(join(folder, 'resolv.conf'), 'nameserver 192.0.2.1\n');
  await $`mount --bind ${join(folder, 'resolv.conf')} /etc/resolv.conf`;
  return asked;
}

/** A PATH with docker and what scripts need, but without kind, kubectl and istioctl: those must come from the archive. */
async function barePath(folder) {
  const bin = join(folder, 'bare');
  mkdirSync(bin);
  for (const name of ['sh', 'dirname', 'readlink', 'node', 'docker', 'git']) {
    const file = await which(name, { nothrow: true });
    if (file) symlinkSync(file, join(bin, name));
  }
  return bin;
}
