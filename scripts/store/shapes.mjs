// The shapes that released images have, and which image of the lab has them.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $ } from 'zx';

/** By role: what an image of the lab has as the released one does. */
const shapes = {
  sleep: { user: 'curl_user', entrypoint: true, command: true, deleted: 'etc/.wh.issue', replaced: 'etc/skel/' },
  'helloworld-v1': { entrypoint: false, command: true, deleted: 'etc/.wh.issue', replaced: 'etc/skel/' },
  httpbin: { user: '65532:65532', entrypoint: false, command: true, shell: false },
  'metallb-controller': { entrypoint: true, command: false, shell: false },
  'istio-pilot': { user: '1337:1337', entrypoint: true, command: false, shell: true },
};

/** What images (names by role, in the local Docker) have not of their shapes, as sentences. */
export async function checkShapes(images) {
  const wrong = [];
  for (const [role, shape] of Object.entries(shapes)) {
    const found = await shapeOf(images[role]);
    for (const [what, expected] of Object.entries(shape)) {
      const got = typeof expected === 'string' && what !== 'user' ? found.files.has(expected) : found[what];
      const right = typeof expected === 'string' && what !== 'user' ? got === true : got === expected;
      if (!right) wrong.push(`${images[role]}: ${what}: expected ${expected}, got ${got}`);
    }
  }
  return wrong;
}

async function shapeOf(image) {
  const { stdout } = await $`docker image inspect -f ${'{{json .Config}}'} ${image}`;
  const { User, Entrypoint, Cmd } = JSON.parse(stdout);
  const files = await filesOf(image);
  return {
    user: User,
    entrypoint: Boolean(Entrypoint?.length),
    command: Boolean(Cmd?.length),
    shell: files.has('bin/sh') || files.has('usr/bin/sh'),
    files,
  };
}

/** Paths in all layers. A folder that replaces one of a layer below counts only with the mark that says so. */
async function filesOf(image) {
  const folder = mkdtempSync(join(tmpdir(), 'shape-'));
  try {
    await $`docker save ${image} | tar -x -C ${folder}`;
    const [{ Layers }] = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    const files = new Set();
    for (const layer of Layers) {
      const listed = await $`tar -t -f ${join(folder, layer)}`;
      for (const name of listed.stdout.split('\n').map((line) => line.replace(/^\.\//, ''))) {
        const opaque = name.endsWith('.wh..wh..opq');
        if (opaque) files.add(name.slice(0, -'.wh..wh..opq'.length));
        else if (!name.endsWith('/')) files.add(name);
      }
    }
    return files;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
