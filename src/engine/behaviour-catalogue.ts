import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { currentSignal } from '../kernel/cancellation.js';
import { writeAtomically } from '../kernel/files.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { allPacks, ownPack, type Pack } from '../kernel/packs.js';
import { projectFolder } from '../kernel/project-files.js';
import { sha256Of } from '../kernel/sha256.js';
import { inUserCache } from '../kernel/user-cache.js';
import { hashOfFiles } from './hash-of-files.js';
import { readListing, type Listed } from './playwright/read-listing.js';
import { removalBehaviour } from './removal-behaviour.js';

/** A behaviour as it is before anything runs. */
export interface CatalogueEntry extends Omit<Listed, 'file'> {
  /** Path of the spec's source, relative to its pack; END-1, which takes the mesh away, has none. */
  file?: string;
}

/**
 * Every behaviour there is, ordered by area and number: meshproof's own and those of the user's project. Playwright lists the
 * specs, which costs seconds; a list is kept until a file that it depends on changes. Throws (exit 2 or 4) when a spec cannot be
 * loaded, or two behaviours have one id.
 */
export async function readCatalogue(): Promise<CatalogueEntry[]> {
  const entries: CatalogueEntry[] = [{ ...removalBehaviour, requires: [], tags: [] }];
  for (const pack of allPacks()) {
    if (pack.behaviours === undefined || !existsSync(pack.behaviours)) continue;
    for (const listed of await readPack(pack, pack.behaviours)) {
      const before = entries.find(({ id }) => id === listed.id);
      if (before) throw twice(listed, before, pack);
      entries.push(listed);
    }
  }
  // by area prefix, then by number: LB-9 before LB-10
  return entries.sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
}

function twice({ id, file }: Listed, before: CatalogueEntry, { root }: Pack): MeshproofError {
  return new MeshproofError(`two behaviours have the id ${id}`, exitCode.usage, {
    where: path.join(root, file),
    expected: `a unique id; ${before.file ?? 'meshproof'} has this one`,
    remedy: 'rename the file: its stem is the id',
  });
}

interface Cache {
  source: string;
  entries: Listed[];
}

async function readPack(pack: Pack, behaviours: string): Promise<Listed[]> {
  const source = sourceOf(pack, behaviours);
  const file = cacheFile(pack);
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Cache) : undefined;
  if (kept?.source === source) return kept.entries;
  const entries = await listPack(pack, behaviours);
  // without a folder that can be written, the list is made each time
  await writeAtomically(file, JSON.stringify({ source, entries } satisfies Cache)).catch(() => undefined);
  return entries;
}

/** Our own list is part of the build, and so of the package. */
function cacheFile(pack: Pack): string {
  if (pack === ownPack) return path.join(projectFolder, 'dist', 'behaviours.json');
  return inUserCache('behaviours', `${sha256Of(pack.root).slice(0, 16)}.json`);
}

/** What a list depends on: the specs, and the words that they are written in. */
function sourceOf(pack: Pack, behaviours: string): string {
  const words = [path.join(projectFolder, 'dist', 'fixtures'), path.join(projectFolder, 'dist', 'src', 'engine')];
  return hashOfFiles([behaviours, ...words], pack === ownPack ? /\.js$/ : /\.[cm]?[jt]s$/);
}

async function listPack(pack: Pack, behaviours: string): Promise<Listed[]> {
  // most commands find the list kept, and execa takes a tenth of a second to load
  const { listWithPlaywright } = await import('./list-specs.js');
  const result = await listWithPlaywright([behaviours], ['--reporter=json']);
  if (result.isCanceled) throw currentSignal().reason;
  const { entries, problem } = readListing(result.stdout, pack.root);
  const wrong = result.exitCode === 0 ? entries.find(({ id }) => !idPattern.test(id)) : undefined;
  if (wrong) {
    throw new MeshproofError(`${wrong.id} is not a valid id of a behaviour`, exitCode.usage, {
      where: path.join(pack.root, wrong.file),
      expected: 'a file name like SHOP-1.spec.ts: capital letters and digits, a dash and a number',
    });
  }
  // a folder of a user that has no spec yet
  if (result.exitCode === 0 || (pack !== ownPack && /no tests found/i.test(problem ?? ''))) return entries;
  const code = pack === ownPack ? exitCode.environment : exitCode.usage;
  throw new MeshproofError(`the behaviours cannot be listed: ${problem ?? result.stderr.trim()}`, code, {
    where: behaviours,
    expected: 'specs that Playwright can load',
  });
}

const idPattern = /^[A-Z][A-Z0-9]*(-[A-Z][A-Z0-9]*)*-\d+$/;
