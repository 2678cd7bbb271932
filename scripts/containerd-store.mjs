#!/usr/bin/env node
// One cluster is proven with Docker's containerd image store, which is the default since Docker 29: a second Docker with that
// store, in a network namespace of its own, gets the lab's images, whose shapes are those of released ones. One of them comes
// as an index with an attestation and an architecture that is not there, as `docker pull` leaves it.
//   node scripts/containerd-store.mjs [-- <arguments of meshproof run>]      as root, where the lab is up
import './own-node.mjs';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $, argv } from 'zx';
import { stringify } from 'yaml';
import { writeIndexArchive } from './store/index-archive.mjs';
import { checkShapes } from './store/shapes.mjs';

const { inHome } = await import('../dist/src/supply/lab/lab-home.js');
const { readEnvironment } = await import('../dist/src/supply/read-environment.js');

$.quiet = true;
const istio = '1.31.0';
const index = 'localhost/shapes/helloworld:index';
process.env.PATH += `:${inHome('bin')}`;
// the lab has no image of Istio's CNI plugin
const { 'istio-cni': _, ...images } = readEnvironment('lab').images;
for (const role of Object.keys(images)) images[role] = images[role].replaceAll('{istio}', istio);

if (argv.inside) await inside(argv.inside);
else await outside();

/** Checks the shapes of the lab's images, and starts this script again in namespaces. */
async function outside() {
  const wrong = await checkShapes(images);
  for (const line of wrong) console.log(`WRONG ${line}`);
  const folder = mkdtempSync(join(tmpdir(), 'containerd-'));
  try {
    await $`docker save -o ${join(folder, 'images.tar')} ${Object.values(images)}`;
    await writeIndexArchive(images['helloworld-v2'], index, join(folder, 'index.tar'));
    // the lab's programs and manifests, and nothing of its Docker
    const home = join(folder, 'home');
    mkdirSync(home);
    for (const name of ['bin', 'manifests']) symlinkSync(inHome(name), join(home, name));
    const env = {
      ...process.env,
      MESHPROOF_LAB_HOME: home,
      MESHPROOF_LAB_RUN: join('/run', folder.split('/').at(-1)),
      MESHPROOF_LAB_DOCKERD: '--feature containerd-snapshotter=true',
      DOCKER_HOST: `unix://${folder}/docker.sock`,
      MESHPROOF_STATE_DIR: join(folder, 'state'),
    };
    const again = [process.execPath, 'scripts/containerd-store.mjs', '--inside', folder, '--', ...argv._];
    const { status } = spawnSync('unshare', ['--net', '--mount', ...again], { stdio: 'inherit', env });
    process.exitCode = status === 0 && wrong.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts the second Docker, gives it the images and proves a cluster with it. */
async function inside(folder) {
  await $`ip link set lo up`;
  const { startDocker, stopDocker } = await import('../dist/src/supply/lab/lab-daemon.js');
  await startDocker();
  try {
    const { stdout } = await $`docker info -f ${'{{.Driver}} {{.DriverStatus}}'}`;
    console.log(`image store: ${stdout.trim()}`);
    if (!stdout.includes('io.containerd.snapshotter')) throw new Error('this Docker has no containerd image store');
    for (const file of ['images.tar', 'index.tar']) {
      await $`docker load -i ${join(folder, file)}`;
      rmSync(join(folder, file));
    }
    const environment = join(folder, 'environment.yaml');
    writeFileSync(environment, stringify({ extends: 'lab', images: { 'helloworld-v2': index } }));
    const what = argv._.length > 0 ? argv._ : ['--only', 'CP-1,LB-1,LB-2,EGR-1'];
    const args = ['run', 'single', '--environment', environment, ...what];
    const { exitCode } = await $({ stdio: ['ignore', 'inherit', 'inherit'] })`./meshproof ${args}`.nothrow();
    process.exitCode = exitCode ?? 1;
  } finally {
    await stopDocker();
  }
}
