// The lab's images under their public names, for public-mirror.mjs and closed-network.mjs.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { $ } from 'zx';
import { parse, stringify } from 'yaml';
import { inHome } from '../../dist/lab/home.js';
import { withoutDigest } from '../../dist/topology/images.js';
import { mergeValues } from '../../dist/topology/merge.js';

const lab = parse(readFileSync('environments/lab.yaml', 'utf8'));
const own = parse(readFileSync('environments/public.yaml', 'utf8'));

/** sha256 of MetalLB's manifest in environment `public`. */
export const manifestSha256 = own.metallbManifestSha256;

/**
 * Writes public.yaml with the Helm values that the lab's Envoy needs, because the images behind the public names are the
 * lab's; `digests: false` leaves the digest of the released node image out. Returns the file's path.
 */
export function writePublicEnvironment(folder, { digests = true } = {}) {
  // istiod says its own version, which the lab has compiled in
  const { values, maxWorkers, notes, istioTag } = lab;
  const images = digests ? own.images : mapValues(own.images, withoutDigest);
  const file = join(folder, 'public.yaml');
  writeFileSync(
    file,
    stringify({ ...own, images, istioTag, maxWorkers, notes, values: mergeValues(own.values, values) }),
  );
  return file;
}

/** Gives the lab's images their public names in the local Docker; returns the names that are new there. */
export async function tagPublicly(istio) {
  const tags = [];
  for (const [role, name] of Object.entries(own.images)) {
    const [from, to] = [lab.images[role], withoutDigest(name)].map((text) => text.replaceAll('{istio}', istio));
    // the lab has some under their public names already
    if (from === to) continue;
    // the public one has a command and no entrypoint, so its arguments are not those of the lab's
    const shape = role === 'httpbin' ? 'ENTRYPOINT []\nCMD ["/go-httpbin"]\n' : '';
    if (shape) await $({ input: `FROM ${from}\n${shape}` })`docker build -q -t ${to} -`;
    else await $`docker tag ${from} ${to}`;
    tags.push(to);
  }
  return tags;
}

/** Puts MetalLB's manifest into a cache (XDG_CACHE_HOME), as if it had been downloaded. */
export function cacheManifest(cache) {
  const folder = join(cache, 'meshproof/programs');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `metallb-${manifestSha256}.yaml`), readFileSync(inHome('manifests/metallb-native.yaml')));
}

function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
