// Fills a registry and a folder for a file server from the lab, under the public names.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { $ } from 'zx';
import { withoutDigest } from '../../dist/src/supply/registry-names.js';
import { cacheManifest, tagPublicly } from './public-images.mjs';

/**
 * Tags the lab's images, and pushes, saves and lays them out with the product's own commands; after it they are in the
 * registry only. Returns the file for --images, and the names of what was pushed.
 */
export async function fill(workspace, { registry, files, environment, topology, istio, kubernetes }) {
  const { folder } = workspace;
  const tags = await tagPublicly({ istio, kubernetes });
  workspace.defer(() => $({ nothrow: true })`docker rmi ${tags}`);
  const env = workspace.env({ cache: 'filling' });
  await cacheManifest(env.XDG_CACHE_HOME);
  const meshproof = (args) => $({ env, cwd: folder })`${process.cwd()}/meshproof ${args}`;
  const own = ['--environment', environment, '--istio', istio, '--kubernetes', kubernetes];
  await meshproof(['images', 'push', registry, topology, ...own]);
  const images = join(folder, 'images.yaml');
  writeFileSync(images, readFileSync(join(folder, 'meshproof-images.yaml')));
  await meshproof(['images', 'save', 'all.tar', topology, ...own, '--images', images]);
  // the archive says which versions it is of
  await meshproof(['images', 'load', 'all.tar', '--folder', files, '--environment', environment]);
  rmSync(join(folder, 'all.tar'));
  const names = Object.values(parse(readFileSync(images, 'utf8')));
  const pushed = names.map((name) => name.replaceAll('{istio}', istio));
  await $`docker rmi ${[...tags, ...pushed.map(withoutDigest), ...pushed]}`.nothrow();
  return { images, pushed };
}
