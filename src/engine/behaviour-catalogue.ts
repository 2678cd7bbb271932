import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { currentSignal } from '../kernel/cancellation.js';
import { writeAtomically } from '../kernel/files.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { projectFolder } from '../kernel/project-files.js';
import { playwrightCli, playwrightConfig } from './playwright/playwright-paths.js';
import { removalBehaviour } from './removal-behaviour.js';

/** A behaviour as it is before anything runs. */
export interface CatalogueEntry {
  /** Stable, e.g. LB-1. */
  id: string;
  title: string;
  /** Folder below suites/. */
  area: string;
  /** Features that a topology must have, as `requires` names them; none: it applies to every topology. */
  requires: string[];
  /** Without the `@`. */
  tags: string[];
  /** Path of the spec, relative to the project; END-1, which takes the mesh away, has none. */
  file?: string;
}

const suites = path.join(projectFolder, 'suites');
const cacheFile = path.join(projectFolder, 'dist', 'behaviours.json');

/**
 * Every behaviour there is, ordered by area and number. Playwright itself lists the specs, which costs seconds; the list is
 * kept beside the build for as long as no suite and no fixture changes. Throws (exit 4) when a spec cannot be loaded.
 */
export async function readCatalogue(): Promise<CatalogueEntry[]> {
  const source = sourceHash();
  const kept = existsSync(cacheFile) ? (JSON.parse(readFileSync(cacheFile, 'utf8')) as Cache) : undefined;
  if (kept?.source === source) return kept.entries;
  const entries = sorted([...(await listSpecs()), { ...removalBehaviour, requires: [], tags: [] }]);
  // an installation that this user cannot write to keeps nothing
  await writeAtomically(cacheFile, JSON.stringify({ source, entries } satisfies Cache)).catch(() => undefined);
  return entries;
}

interface Cache {
  source: string;
  entries: CatalogueEntry[];
}

/** What the list depends on: the specs, the words that they are written in, and this file. */
function sourceHash(): string {
  const hash = createHash('sha256').update(readFileSync(import.meta.filename));
  for (const folder of [suites, path.join(projectFolder, 'fixtures')]) {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    for (const file of files.sort()) hash.update(file).update(readFileSync(path.join(folder, file)));
  }
  return hash.digest('hex');
}

async function listSpecs(): Promise<CatalogueEntry[]> {
  // most commands find the list kept, and execa takes a tenth of a second to load
  const { execa } = await import('execa');
  const result = await execa(
    process.execPath,
    [playwrightCli, 'test', '--config', playwrightConfig, '--list', '--reporter=json'],
    {
      cwd: projectFolder,
      // the list is the same for every mesh
      env: { MESHPROOF_STATE: undefined },
      stdin: 'ignore',
      reject: false,
      cancelSignal: currentSignal(),
    },
  );
  if (result.isCanceled) throw currentSignal().reason;
  if (result.exitCode === 0) return readListing(result.stdout);
  throw new MeshproofError('the behaviours cannot be listed', exitCode.environment, {
    where: suites,
    expected: 'specs that Playwright can load',
    remedy: `see what is wrong with: npx playwright test --list (it ended with exit code ${result.exitCode})`,
  });
}

/** Reads Playwright's JSON listing; several tests of one file are one behaviour. Exported for its test. */
export function readListing(text: string): CatalogueEntry[] {
  const { suites: files } = JSON.parse(text) as Listing;
  return files.map(({ file, specs }) => ({
    id: path.basename(file).replace(/\.spec\.ts$/, ''),
    title: specs.map(({ title }) => title).join('; '),
    area: path.dirname(file),
    requires: unique(specs.flatMap(({ tests }) => (tests[0]?.annotations ?? []).filter(isRequirement).map(wordsOf))),
    tags: unique(specs.flatMap(({ tags }) => tags.map((tag) => tag.replace(/^@/, '')))),
    file: path.join('suites', file),
  }));
}

interface Annotation {
  type: string;
  description?: string;
}

interface Listing {
  suites: { file: string; specs: { title: string; tags: string[]; tests: { annotations: Annotation[] }[] }[] }[];
}

const isRequirement = ({ type }: Annotation): boolean => type === 'requires';
const wordsOf = ({ description = '' }: Annotation): string => description;
const unique = (words: string[]): string[] => [...new Set(words)];

/** By area prefix, then by number: LB-9 before LB-10. */
function sorted(entries: CatalogueEntry[]): CatalogueEntry[] {
  return entries.sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
}
