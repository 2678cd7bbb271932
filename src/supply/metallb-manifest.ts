import { readFile } from 'node:fs/promises';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import type { Environment } from '../topology/environment-types.js';
import { downloadText } from './download.js';
import { cachedText, keepFile } from './program-cache.js';
import { sha256Of } from '../kernel/sha256.js';

/**
 * The environment's MetalLB manifest: from its path, from the cache, or downloaded and verified. Exit 4 when it cannot be
 * had or is not the one whose checksum the environment names.
 */
export async function readManifest(environment: Environment): Promise<string> {
  const { metallbManifest: from, metallbManifestSha256: expected } = environment;
  const cacheName = expected === undefined ? undefined : `metallb-${expected}.yaml`;
  try {
    if (!/^https?:/.test(from)) return await readFile(from, 'utf8');
    const cached = cacheName ? await cachedText(cacheName, expected!) : undefined;
    if (cached !== undefined) return cached;
    const text = await downloadText(from);
    const actual = sha256Of(text);
    if (expected !== undefined && actual !== expected) {
      throw new Error(`${from} is corrupted or not the pinned file: its sha256 is ${actual}, expected ${expected}`);
    }
    if (cacheName) await keepFile(cacheName, text);
    return text;
  } catch (cause) {
    throw new MeshproofError(`MetalLB's manifest cannot be read: ${(cause as Error).message}`, exitCode.environment, {
      where: environment.file,
      remedy: environment.base === 'lab' ? 'run: ./meshproof lab up' : 'correct metallbManifest; it may be a path',
      cause,
    });
  }
}
