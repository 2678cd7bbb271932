import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import type { Environment } from '../../topology/environment-types.js';
import { dockerAnswers, imageIds } from '../../kernel/docker.js';
import { inHome } from './lab-home.js';
import { baseImage } from './lab-images.js';

/** Throws (exit 3) unless the lab is up: images could not be built after a compilation of many minutes. */
export async function requireLab(): Promise<void> {
  if ((await dockerAnswers()) && (await imageIds([baseImage])).has(baseImage)) return;
  throw new MeshproofError('only a running lab can build more versions', exitCode.preflight, {
    expected: `a Docker with the image ${baseImage}`,
    remedy: './meshproof lab up',
  });
}

/** Writes an environment that is `lab` with other versions, as a file of its own: a report then names it. Returns its path. */
export async function writeEnvironment(
  name: string,
  change: Partial<Pick<Environment, 'kubernetes' | 'istioVersions' | 'notes'>>,
): Promise<string> {
  const file = inHome('environments', `${name}.yaml`);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, stringify({ extends: 'lab', ...change }));
  return file;
}
