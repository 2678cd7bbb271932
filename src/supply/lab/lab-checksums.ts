import { readFileSync } from 'node:fs';
import path from 'node:path';
import { definitions } from './lab-home.js';

/**
 * sha256 of every program of the lab, unpacked, by name; committed, so that every machine has the same programs. The first of
 * a name is what a build makes. Further ones are those of earlier builds of the same sources, e.g. with other flags: a cache
 * may have them.
 */
export function committedChecksums(file = path.join(definitions, 'SHA256SUMS')): Map<string, string[]> {
  const sums = new Map<string, string[]>();
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const [sum, name] = line.split(/\s+\*?/) as [string, string];
    sums.set(name, [...(sums.get(name) ?? []), sum]);
  }
  return sums;
}
