import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

interface LockEntry {
  resolved?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, LockEntry> };

/** Where Node.js and npm look for a package from a place in the lock file, nearest first. */
function placesOf(name: string, from: string): string[] {
  const outer = path.posix.dirname(from);
  return [
    path.posix.join(from, 'node_modules', name),
    ...(from === '' ? [] : placesOf(name, outer === '.' ? '' : outer)),
  ];
}

// npm install leaves out an optional package that it cannot find, and npm ci then refuses the file
test('the lock file has every package that another one names, those for other systems included', () => {
  const missing = Object.entries(packages).flatMap(([from, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !placesOf(name, from).some((place) => place in packages))
      .map((name) => `${name}, needed by ${from || 'the project'}`),
  );
  expect(missing).toEqual([]);
});

test('the lock file names no registry: it is npm that is told where packages come from', () => {
  expect(Object.values(packages).filter(({ resolved }) => resolved?.includes('://'))).toEqual([]);
});
