#!/usr/bin/env node
// Environment `public` without the internet: a registry (Debian's docker-registry) and a file server on this machine are
// filled from the lab under the public names; then every way in which they can fail must end a run within 30 s with its
// own clear message, and the main job must be green with nothing but base addresses changed.
//   node scripts/public-mirror.mjs [--only <word of a case's name>] [--no-mesh] [-- <arguments of the main job's run>]
//   [--istio 1.31.0] [--kubernetes <public's own>]: versions that the lab has been built with
// as root, where the lab is up
import './own-node.mjs';
import { join } from 'node:path';
import { $, argv } from 'zx';

const { inHome } = await import('../dist/src/supply/lab/lab-home.js');
const { readEnvironment } = await import('../dist/src/supply/read-environment.js');
const { withoutDigest } = await import('../dist/src/supply/registry-names.js');
const { failureCases } = await import('./mirror/failures.mjs');
const { fill } = await import('./mirror/fill.mjs');
const { writePublicEnvironment } = await import('./mirror/public-images.mjs');
const { runCase, runJob } = await import('./mirror/run-case.mjs');
const { startFileServer, startRegistry } = await import('./mirror/servers.mjs');
const { createWorkspace } = await import('./mirror/workspace.mjs');

$.quiet = true;
const topology = 'multi-network-multi-primary';
// the lab's; the releases of public cannot be built from the sources that it has
const istio = argv.istio ?? '1.31.0';
const kubernetes = argv.kubernetes ?? readEnvironment('public').kubernetes;
process.env.PATH += `:${inHome('bin')}`;

const workspace = createWorkspace('public-mirror');
let failed = 0;
try {
  const files = join(workspace.folder, 'files');
  const environment = writePublicEnvironment(workspace.folder);
  const registry = await startRegistry(workspace);
  const mirror = await startFileServer(workspace, files);
  const { images, pushed } = await fill(workspace, { registry, files, environment, topology, istio, kubernetes });
  const own = ['run', topology, '--environment', environment, '--istio', istio, '--kubernetes', kubernetes];
  const cases = await failureCases(workspace, { registry, mirror, images });
  for (const one of cases.filter(({ name }) => name.includes(argv.only ?? ''))) {
    if (!(await runCase(workspace, { ...one, args: [...own, ...one.args] }))) failed++;
  }
  if (argv.mesh !== false) {
    workspace.defer(() => $({ nothrow: true })`docker rmi ${[...pushed, ...pushed.map(withoutDigest)]}`);
    const args = [...own, '--mirror', mirror, '--images', images, ...argv._];
    if (!(await runJob(workspace, 'main job in public', args))) failed++;
  }
} finally {
  await workspace.close();
}
console.log(failed === 0 ? 'all as expected' : `${failed} not as expected`);
process.exitCode = failed > 0 ? 1 : 0;
