#!/usr/bin/env node
// Machines and files that a run cannot work with: each must end it with the right exit code within 30 s and say what to
// do. The kernel's inotify limit is really lowered for a moment, and put back.
//   node scripts/preflight-cases.mjs [--only <word of a case's name>]      as root, while nobody creates clusters
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $, argv, which } from 'zx';

$.quiet = true;
const folder = mkdtempSync(join(tmpdir(), 'preflight-cases-'));
const topology = 'multi-network-multi-primary';
const inotify = '/proc/sys/fs/inotify/max_user_instances';

/** A file in the folder of the cases; returns its path. */
function file(name, text) {
  writeFileSync(join(folder, name), text, { mode: 0o755 });
  return join(folder, name);
}

/** A PATH with these programs and no others. */
async function pathWith(...programs) {
  const bin = mkdtempSync(join(folder, 'bin-'));
  for (const program of programs) symlinkSync(await which(program), join(bin, program));
  return bin;
}

const lab = ['--environment', 'lab'];
const labHome = process.env.MESHPROOF_LAB_HOME ?? '/var/lib/mesh-lab';
process.env.PATH += `:${labHome}/bin`;
const here = `extends: public\nmetallbManifest: ${labHome}/manifests/metallb-native-0.16.1.yaml\n`;
// the versions of the lab's programs, so that nothing else is missing
const versions = ['--istio', '1.31.0', '--kubernetes', '1.34.11'];
const released = ['--environment', 'public', ...versions];
const cluster = (name, more) => `  - { name: ${name}, network: ${name}net, ${more} }\n`;
const cases = [
  {
    name: 'no Docker',
    args: ['run', topology, ...lab],
    env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' },
    exit: 3,
    words: /Docker's socket \/nowhere\/docker\.sock does not exist[^]*to do: install Docker, or start Docker/,
  },
  {
    name: 'no kind, and its download is refused',
    args: ['run', topology, ...released],
    env: async () => ({
      PATH: await pathWith('sh', 'dirname', 'readlink', 'node', 'docker', 'kubectl', 'istioctl-1.31.0'),
      HTTPS_PROXY: 'http://127.0.0.1:9',
      HTTP_PROXY: 'http://127.0.0.1:9',
      NO_PROXY: '',
      XDG_CACHE_HOME: folder,
      // the lab's own kind would be found
      MESHPROOF_LAB_HOME: join(folder, 'no-lab'),
    }),
    exit: 3,
    words:
      /kind 0\.33\.0 could not be downloaded: \S+ cannot be reached: the connection was refused[^]*to do: install kind/,
  },
  {
    name: 'wrong Node',
    args: ['run', topology],
    // a checkout's own Node.js goes before the one on PATH
    env: () => ({ MESHPROOF_NODE: file('node', '#!/bin/sh\necho v18.20.4\n') }),
    exit: 3,
    words: /Node\.js is too old\n +found: v18\.20\.4[^]*to do: set MESHPROOF_NODE to another/,
  },
  {
    name: 'full inotify limit',
    args: ['run', topology, ...lab],
    before() {
      const limit = readFileSync(inotify, 'utf8');
      writeFileSync(inotify, '16');
      return () => writeFileSync(inotify, limit);
    },
    exit: 3,
    words: /inotify instances: \d+ of 16 left[^]*to do: sudo sysctl fs\.inotify\.max_user_instances=\d+/,
  },
  {
    name: 'address pool outside the network',
    args: () => [
      'run',
      file(
        'outside.yaml',
        `description: x\ndockerSubnet: 172.28.240.0/20\nclusters:\n${cluster('a', 'loadBalancer: 172.29.1.1-172.29.1.9')}${cluster('b', 'loadBalancer: 172.28.242.1-172.28.242.9')}`,
      ),
      ...lab,
    ],
    exit: 2,
    words: /outside\.yaml:4:\d+: the load balancer range of a lies outside the Docker network 172\.28\.240\.0\/20/,
  },
  {
    name: 'image that is nowhere',
    args: () => ['run', topology, ...lab, '--images', file('nowhere.yaml', 'sleep: localhost/lab/none:1\n')],
    exit: 4,
    words: /image localhost\/lab\/none:1: not in the local Docker[^]*to do: load it/,
  },
  {
    name: 'registry that cannot be reached',
    // what is downloaded otherwise is here, so that the registry is the only trouble
    args: () => ['run', topology, '--environment', file('here.yaml', here), '--registry', '127.0.0.1:9', ...versions],
    exit: 4,
    words:
      /ready: registry 127\.0\.0\.1:9\n[^\n]*cannot be reached: the connection was refused\n[^]*to do: check the network/,
  },
  {
    name: 'image whose program ends at once',
    args: () => [
      'run',
      topology,
      ...lab,
      '--images',
      file('crash.yaml', 'helloworld-v1: quay.io/metallb/speaker:v0.16.1\n'),
    ],
    exit: 4,
    // counted from the first moment at which it could be known
    since: /start  cluster1 helloworld and sleep/,
    words: /pod helloworld-v1-\S+ crashes: container helloworld exited with \d+[^]*to do: read its log/,
  },
];

/** One case; returns the exit code, the seconds that count, and what was said. */
async function run({ args, env, since }) {
  const child = $({
    nothrow: true,
    env: {
      ...process.env,
      MESHPROOF_STATE_DIR: join(folder, 'state'),
      ...(typeof env === 'function' ? await env() : env),
    },
  })`./meshproof ${typeof args === 'function' ? args() : args}`;
  let start = Date.now();
  let text = '';
  child.stderr.on('data', (data) => {
    const before = text;
    text += data;
    if (since && !since.test(before) && since.test(text)) start = Date.now();
    // what comes after is the evidence and the removal
    if (since && !/start  (evidence|removal)/.test(before)) child.until = Date.now();
  });
  const { exitCode, stdout } = await child;
  text += stdout;
  return { exit: exitCode, seconds: ((since ? child.until : Date.now()) - start) / 1000, text };
}

let failed = 0;
const chosen = cases.filter(({ name }) => name.includes(argv.only ?? ''));
try {
  for (const one of chosen) {
    const undo = one.before?.();
    let result;
    try {
      result = await run(one);
    } finally {
      undo?.();
    }
    const { exit, seconds, text } = result;
    const wrong = [];
    if (exit !== one.exit) wrong.push(`exit code ${exit}, expected ${one.exit}`);
    if (seconds > 30) wrong.push('took longer than 30 s');
    if (!one.words.test(text)) wrong.push(`lacks ${one.words}`);
    if (/^ +at .*:\d+:\d+\)?$/m.test(text)) wrong.push('shows a stack trace');
    const said = text
      .slice(Math.max(0, text.lastIndexOf('meshproof:')))
      .split('\n')
      .slice(0, 2)
      .join(' | ');
    console.log(
      `${wrong.length === 0 ? 'ok   ' : 'WRONG'} ${one.name}: exit ${exit} after ${seconds.toFixed(1)} s: ${said}`,
    );
    for (const what of wrong) console.log(`      ${what}`);
    if (wrong.length > 0) console.log(text.replace(/^/gm, '      | '));
    if (wrong.length > 0) failed++;
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`${chosen.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
