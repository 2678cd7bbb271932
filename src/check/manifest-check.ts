import { exitCode, MeshproofError } from '../kernel/errors.js';
import { readManifest } from '../supply/metallb-manifest.js';
import type { Environment } from '../topology/environment-types.js';
import type { Check } from '../kernel/preflight-check.js';

/** Is the manifest there? Looked for before clusters are made: the load balancers come after them. */
export async function manifestCheck(environment: Environment): Promise<Check> {
  const base = { name: "MetalLB's manifest", expected: environment.metallbManifest, level: 'error' as const };
  try {
    await readManifest(environment);
    return { ...base, ok: true, found: 'read', remedy: '' };
  } catch (error) {
    if (!(error instanceof MeshproofError)) throw error;
    const { message, remedy = '' } = error;
    return { ...base, ok: false, found: message, remedy, code: exitCode.environment };
  }
}
