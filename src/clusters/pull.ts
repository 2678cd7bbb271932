import pLimit from 'p-limit';
import { exitCode, MeshproofError } from '../topology/errors.js';
import type { Plan } from '../topology/types.js';
import { docker, imageIds } from './docker.js';

/** Makes sure that the images are in the local Docker, pulling what is not; returns their ids. Exit 4 when one is nowhere. */
export async function provideImages(plan: Plan, images: readonly string[]): Promise<Map<string, string>> {
  const ids = await imageIds(images);
  const missing = images.filter((image) => !ids.has(image));
  if (missing.length === 0) return ids;
  if (plan.environment.imagesAreLocal) {
    throw new MeshproofError(`not in the local Docker: ${missing.join(', ')}`, exitCode.environment, {
      where: plan.environment.file,
      expected: `environment ${plan.environment.name} keeps every image in the local Docker and pulls none`,
      remedy:
        plan.environment.name === 'lab'
          ? 'run: ./meshproof lab up'
          : 'load the images, or correct their names in the environment file',
    });
  }
  const limit = pLimit(3);
  await Promise.all(
    missing.map((image) =>
      limit(async () => {
        await docker(['pull', '-q', image], { timeout: 600 }).catch((cause: Error) => {
          throw new MeshproofError(`image ${image} cannot be pulled: ${cause.message}`, exitCode.environment, {
            where: plan.environment.file,
            remedy:
              'check the name and the registry, log in with `docker login`, or name another registry with --registry',
            cause,
          });
        });
      }),
    ),
  );
  return imageIds(images);
}
