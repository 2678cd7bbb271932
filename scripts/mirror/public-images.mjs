// The lab's images under their public names, for public-mirror.mjs and closed-network.mjs.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { $ } from 'zx';
import { stringify } from 'yaml';
import { downloadModule } from '../../dist/src/supply/lab/go-toolchain.js';
import { readEnvironment } from '../../dist/src/supply/read-environment.js';
import { withoutDigest } from '../../dist/src/supply/registry-names.js';

/**
 * Writes an environment that is `public` with what the lab's images need, because those are behind the public names;
 * `digests: false` leaves the digest of the released node image out. Returns the file's path.
 */
export function writePublicEnvironment(folder, { digests = true } = {}) {
  // istiod says its own version, which the lab has compiled in
  const { values, maxWorkers, notes, istioTag } = readEnvironment('lab');
  const images = digests ? {} : { images: { 'kind-node': 'docker.io/kindest/node:v{kubernetes}' } };
  const file = join(folder, 'public.yaml');
  writeFileSync(file, stringify({ extends: 'public', ...images, istioTag, maxWorkers, notes, values }));
  return file;
}

/**
 * Gives the lab's images the names that `public` has for these versions, in the local Docker; returns the names that are new
 * there. The lab's node image is of the same minor of Kubernetes.
 */
export async function tagPublicly({ istio, kubernetes }) {
  const ours = readEnvironment('lab', { versions: { kubernetes: await labKubernetes(kubernetes) } }).images;
  const { images } = readEnvironment('public', { versions: { kubernetes } });
  const tags = [];
  for (const [role, name] of Object.entries(images)) {
    const [from, to] = [ours[role], withoutDigest(name)].map((text) => text.replaceAll('{istio}', istio));
    // the lab has some under their public names already
    if (from === to) continue;
    // the lab builds it only when it is asked to (lab up --cni), and the topologies here do not use it
    if (role === 'istio-cni' && !(await hasImage(from))) continue;
    await $`docker tag ${from} ${to}`;
    tags.push(to);
  }
  return tags;
}

async function hasImage(name) {
  return (await $({ nothrow: true })`docker image inspect ${name}`).exitCode === 0;
}

/** The version of the lab's newest node image of a minor of Kubernetes. */
async function labKubernetes(kubernetes) {
  const minor = kubernetes.split('.').slice(0, 2).join('.');
  const listed =
    await $`docker images --format ${'{{.Tag}}'} --filter ${`reference=localhost/lab/kind-node:v${minor}.*`}`;
  const [tag] = listed.stdout.split('\n').filter(Boolean).sort();
  if (!tag)
    throw new Error(
      `the lab has no node image of Kubernetes ${minor}: ./meshproof lab build --kubernetes v${kubernetes}`,
    );
  return tag.slice(1);
}

/** Puts the manifest of public's MetalLB into a cache (XDG_CACHE_HOME), as if it had been downloaded; it comes from the Go module. */
export async function cacheManifest(cache) {
  const { metallbManifest, metallbManifestSha256: sha256 } = readEnvironment('public');
  const [, version, path] = /\/metallb\/metallb\/(v[\d.]+)\/(.*)$/.exec(metallbManifest);
  const { Dir } = await downloadModule(`go.universe.tf/metallb@${version}`);
  const manifest = readFileSync(join(Dir, path));
  const found = createHash('sha256').update(manifest).digest('hex');
  if (found !== sha256)
    throw new Error(`MetalLB ${version}: the manifest's sha256 is ${found}, and public has ${sha256}`);
  const folder = join(cache, 'meshproof/programs');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `metallb-${sha256}.yaml`), manifest);
}
