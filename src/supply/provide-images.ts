import pLimit from 'p-limit';
import { registryOf } from './image-name.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import type { Environment } from '../topology/environment-types.js';
import { imageIds } from '../kernel/docker.js';
import { preflightError, type Requirement } from '../kernel/requirement.js';
import { pullImage, type PullLimits } from './pull-image.js';
import { describeLimit, rateLimit } from './registry-rate-limit.js';
import { concernsRegistry, type RegistryTrouble } from './registry-trouble.js';
import type { Steps } from '../kernel/steps.js';

/** Images that are pulled at the same time; each has several layers under way. */
const atOnce = 3;

/**
 * Makes sure that the images are in the local Docker, pulling what is not; returns their ids. Throws (exit 4) with everything
 * that is wrong at once: after the first failure nothing more is downloaded, and the rest is only asked for.
 */
export async function provideImages(
  environment: Environment,
  images: readonly string[],
  steps: Steps,
  limits?: PullLimits,
): Promise<Map<string, string>> {
  const ids = await imageIds(images);
  const missing = images.filter((image) => !ids.has(image));
  if (missing.length === 0) return ids;
  if (environment.imagesAreLocal) throw missingLocally(environment, missing);
  steps.note(`${missing.length} of ${images.length} images are not in the local Docker; pulling them`);
  const failures = await pullAll(missing, steps, limits);
  const checks = await Promise.all([...byTrouble(failures).values()].map(describe));
  const error = preflightError(checks);
  if (error) throw error;
  return imageIds(images);
}

interface Failure {
  image: string;
  trouble: RegistryTrouble;
}

async function pullAll(images: readonly string[], steps: Steps, limits?: PullLimits): Promise<Failure[]> {
  const failures: Failure[] = [];
  const failed = new AbortController();
  const limit = pLimit(atOnce);
  const pullOne = async (image: string): Promise<void> => {
    const known = failures.find((one) => concernsRegistry(one.trouble) && registryOf(one.image) === registryOf(image));
    const trouble = known?.trouble ?? (await pullImage(image, steps, { onlyAsk: failed.signal, limits }));
    if (!trouble) return;
    failures.push({ image, trouble });
    failed.abort();
  };
  await Promise.all(images.map((image) => limit(() => pullOne(image))));
  return failures;
}

/** A registry that cannot be reached is one trouble, however many images are to come from it. */
function byTrouble(failures: readonly Failure[]): Map<string, Failure[]> {
  const groups = new Map<string, Failure[]>();
  for (const failure of failures) {
    const { image, trouble } = failure;
    const key = concernsRegistry(trouble) ? `${registryOf(image)} ${trouble.kind}` : image;
    groups.set(key, [...(groups.get(key) ?? []), failure]);
  }
  return groups;
}

async function describe(failures: readonly Failure[]): Promise<Requirement> {
  const { image, trouble } = failures[0]!;
  const whole = concernsRegistry(trouble);
  const left = trouble.kind === 'limit' ? await rateLimit(image) : undefined;
  const names = failures.map((failure) => failure.image).join(', ');
  return {
    name: whole ? `registry ${registryOf(image)}` : `image ${image}`,
    ok: false,
    found: left ? `${trouble.found}: ${describeLimit(left)}` : trouble.found,
    expected: whole ? `to pull ${names}` : 'an image that can be pulled, or that is in the local Docker',
    remedy: trouble.remedy,
    level: 'error',
    code: exitCode.environment,
  };
}

function missingLocally(environment: Environment, missing: readonly string[]): MeshproofError {
  return new MeshproofError(`not in the local Docker: ${missing.join(', ')}`, exitCode.environment, {
    where: environment.file,
    expected: `environment ${environment.name} keeps all images in the local Docker and pulls none`,
    remedy:
      environment.base === 'lab'
        ? 'run: ./meshproof lab up'
        : 'load the images, or correct their names in the environment file',
  });
}
