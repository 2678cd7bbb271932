import { exitCode, MeshproofError } from '../kernel/errors.js';
import { docker, imageIds } from '../kernel/docker.js';
import { imageContents } from './image-content.js';
import type { SavedImage } from './saved-images.js';

/** A name that an image is to have as well. */
export interface NewTag {
  image: string;
  tag: string;
}

/**
 * Gives images of the local Docker further names. Throws (exit 2), before it adds any, where a name is another image's: its
 * user would lose it. With `force` the name is moved.
 */
export async function addTags(tags: readonly NewTag[], { force = false } = {}): Promise<void> {
  const ids = await imageIds(tags.flatMap(({ image, tag }) => [image, tag]));
  const taken = tags.filter(({ image, tag }) => ids.has(tag) && ids.get(tag) !== ids.get(image));
  if (taken.length > 0 && !force) throw tagsTaken(taken.map(({ tag }) => tag));
  for (const { image, tag } of tags) if (ids.get(tag) !== ids.get(image)) await docker(['tag', image, tag]);
}

/** Throws (exit 2) where one of these names is another image's in the local Docker. The same image may have another id in its store. */
export async function refuseOtherImages(names: ReadonlyMap<string, SavedImage>): Promise<void> {
  const there = await imageIds([...names.keys()]);
  const others = [...there].filter(([name, id]) => !names.get(name)!.ids.has(id)).map(([name]) => name);
  const contents = await imageContents(others);
  const taken = others.filter((name) => !names.get(name)!.contents.has(contents.get(name) ?? ''));
  if (taken.length > 0) throw tagsTaken(taken);
}

function tagsTaken(tags: readonly string[]): MeshproofError {
  const [first] = tags;
  return new MeshproofError(`another image in this Docker already has the name ${tags.join(', ')}`, exitCode.usage, {
    expected: 'a free name, or a name of the same image',
    remedy: `rename that image: docker tag ${first} <name> && docker rmi ${first}; load and push move the name with --force`,
  });
}
