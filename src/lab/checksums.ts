import { readFileSync } from 'node:fs';
import path from 'node:path';
import { definitions } from './home.js';

/** sha256 of every program of the lab, unpacked, by name; committed, so that every machine has the same programs. */
export function committedChecksums(file = path.join(definitions, 'SHA256SUMS')): Map<string, string> {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return new Map(lines.map((line) => line.split(/\s+\*?/) as [string, string]).map(([sum, name]) => [name, sum]));
}
