import type { Plan } from '../topology/plan-types.js';
import { imageIds } from '../kernel/docker.js';
import { planImages } from '../supply/plan-images.js';
import type { Requirement } from '../kernel/requirement.js';

/**
 * Are the images of these plans in the local Docker? One check for each that is missing where the environment pulls none, else
 * one for all: the rest is pulled before anything is made (`provideImages`).
 */
export async function imageRequirements(plans: readonly Plan[]): Promise<Requirement[]> {
  const images = planImages(plans);
  const local = await imageIds(images);
  const missing = images.filter((image) => !local.has(image));
  const { environment } = plans[0]!;
  if (missing.length > 0 && environment.imagesAreLocal) {
    return missing.map((image) => ({
      name: `image ${image}`,
      ok: false,
      found: 'not in the local Docker',
      expected: `in the local Docker: the images of environment ${environment.name} are in no registry`,
      remedy: `load it (docker load) or correct it in ${environment.file}; the lab's images come with \`meshproof lab up\`, those of other versions with \`meshproof lab build\``,
      level: 'error',
    }));
  }
  const found = `${images.length - missing.length} of ${images.length} in the local Docker`;
  return [{ name: 'images', ok: true, found, expected: 'every image of the plan', remedy: '', level: 'error' }];
}
