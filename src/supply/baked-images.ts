import { bakedLabel, docker, dockerLines } from '../kernel/docker.js';

/** Repository of the baked node images in the local Docker. */
export const bakedRepository = 'meshproof/node';

/** Days after its last use at which a baked image makes room for others: it takes 2 GB, and 30 s to make it again. */
const keptDays = 14;

/** By their names: an image that a user built from one of them inherits the label and is not ours. */
export async function bakedImages(): Promise<string[]> {
  const format = '{{.Repository}}:{{.Tag}}';
  const names = await dockerLines(['image', 'ls', '--filter', `label=${bakedLabel}`, '--format', format]);
  return names.filter((name) => name.startsWith(`${bakedRepository}:`));
}

/** Notes that a baked image is used now: Docker keeps the time at which an image last got a name. */
export async function markUsed(image: string): Promise<void> {
  await docker(['tag', image, image]);
}

/**
 * Removes baked images that no run has used for 14 days. One that a container uses, or that a run takes at this moment,
 * stays: Docker itself refuses to remove it. `now` is in milliseconds since the epoch.
 */
export async function removeUnused(now = Date.now()): Promise<void> {
  const images = await bakedImages();
  const used = await Promise.all(images.map(lastUse));
  const old = images.filter((_, i) => now - (used[i] ?? now) > keptDays * 24 * 3600 * 1000);
  for (const image of old) await docker(['rmi', image]).catch(() => undefined);
}

/** When an image was last used, or made if Docker does not know; undefined when it is gone by now. */
async function lastUse(image: string): Promise<number | undefined> {
  const format = '{{json .Metadata.LastTagTime}} {{json .Created}}';
  const output = await docker(['image', 'inspect', '-f', format, image]).catch(() => '');
  const times = output.split(' ').map((text) => Date.parse(text.replaceAll('"', '')));
  // a time that is not known is that of the year 1
  return times.find((time) => time > 0);
}
