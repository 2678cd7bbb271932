import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { exitCode, MeshproofError } from '../topology/errors.js';
import { parseYaml, readText } from '../topology/yaml-file.js';
import { dockerAnswers } from '../clusters/docker.js';
import { definitions, inHome } from './home.js';
import { baseImage, missingImages } from './images.js';

/** The fields of environments/lab.yaml that an added build changes; the others stay as they are. */
export interface LabEnvironment {
  kubernetes: string;
  istioVersions: string[];
  images: Record<string, string>;
  notes: string[];
}

/** Throws (exit 3) unless the lab is up: images could not be built after a compilation of many minutes. */
export async function requireLab(): Promise<void> {
  if ((await dockerAnswers()) && (await missingImages([{ name: baseImage }])).length === 0) return;
  throw new MeshproofError('a build can only be added to a lab that is up', exitCode.preflight, {
    expected: `a Docker with the image ${baseImage}`,
    remedy: './meshproof lab up',
  });
}

/** Writes environment `lab` with what was added to it, as a file of its own: a report then names it. Returns its path. */
export async function writeEnvironment(
  name: string,
  change: (lab: LabEnvironment) => Partial<LabEnvironment>,
): Promise<string> {
  const lab = path.join(definitions, '../environments/lab.yaml');
  const data = parseYaml(readText(lab), lab).data as LabEnvironment;
  const file = inHome('environments', `${name}.yaml`);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, stringify({ ...data, ...change(data) }));
  return file;
}
