import { MeshproofError } from '../kernel/errors.js';
import { readManifest } from '../supply/metallb-manifest.js';
import type { Environment } from '../topology/environment-types.js';
import type { Requirement } from '../kernel/requirement.js';

/** Is the manifest there? Looked for before clusters are made: the load balancers come after them. */
export async function manifestRequirement(environment: Environment): Promise<Requirement> {
  const base = { name: "MetalLB's manifest", expected: environment.metallbManifest, level: 'error' as const };
  try {
    await readManifest(environment);
    return { ...base, ok: true, found: 'read', remedy: '' };
  } catch (error) {
    if (!(error instanceof MeshproofError)) throw error;
    const { message, remedy = '' } = error;
    return { ...base, ok: false, found: message, remedy };
  }
}
