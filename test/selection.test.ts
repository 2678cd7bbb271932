import { expect, test } from 'vitest';
import type { CatalogueEntry } from '../src/engine/behaviour-catalogue.js';
import { readListing } from '../src/engine/playwright/read-listing.js';
import { select, selectionOf, type Filters } from '../src/engine/selection.js';
import { exitCode, MeshproofError } from '../src/kernel/errors.js';

const entry = (id: string, ...tags: string[]): CatalogueEntry => ({
  id,
  title: `title of ${id}`,
  area: 'an-area',
  requires: [],
  tags,
  file: id === 'END-1' ? undefined : `suites/an-area/${id}.spec.ts`,
});
const catalogue = [
  entry('END-1'),
  entry('LB-1'),
  entry('LB-6', 'disruptive'),
  entry('LB-10'),
  entry('MTLS-2', 'disruptive'),
  entry('LOC-1', 'long'),
];

/** Ids that are left, or the whole text of the error. */
function ids(filters: Filters, failed: string[] = []): string[] | string {
  try {
    return select(catalogue, filters, failed).map(({ id }) => id);
  } catch (error) {
    expect((error as MeshproofError).code).toBe(exitCode.usage);
    return (error as MeshproofError).describe();
  }
}

test.each<[string, Filters, string[]]>([
  ['an id', { only: ['LB-1'] }, ['LB-1']],
  ['an area', { only: ['LB'] }, ['LB-1', 'LB-6', 'LB-10']],
  ['both, in any case', { only: ['mtls-2', 'Loc'] }, ['MTLS-2', 'LOC-1']],
  ['all but some', { not: ['LB', 'END-1'] }, ['MTLS-2', 'LOC-1']],
  ['an area but some of it', { only: ['LB'], not: ['LB-6'] }, ['LB-1', 'LB-10']],
  ['a tag', { tagged: ['disruptive'] }, ['LB-6', 'MTLS-2']],
  ['one of two tags, as Playwright writes them', { tagged: ['@long', '@disruptive'] }, ['LB-6', 'MTLS-2', 'LOC-1']],
  ['an area and a tag', { only: ['LB'], tagged: ['disruptive'] }, ['LB-6']],
])('selects by %s', (_, filters, expected) => {
  expect(ids(filters)).toEqual(expected);
});

test('selects what failed last, within the other filters', () => {
  expect(ids({ lastFailed: true }, ['LB-1', 'MTLS-2'])).toEqual(['LB-1', 'MTLS-2']);
  expect(ids({ lastFailed: true, not: ['LB'] }, ['LB-1', 'MTLS-2'])).toEqual(['MTLS-2']);
  expect(ids({ lastFailed: true })).toMatch(/selected by: --last-failed; nothing failed in the newest report/);
});

test('a word that names no behaviour or tag is an error with the nearest that does', () => {
  expect(ids({ only: ['LB-1', 'MLTS-2'] })).toMatch(
    /--only MLTS-2: unknown behaviour[^]*or one of END, LB, MTLS, LOC[^]*did you mean MTLS-2\?/,
  );
  expect(ids({ not: ['LOX'] })).toMatch(/--not LOX: unknown behaviour[^]*did you mean LOC\?/);
  expect(ids({ tagged: ['@disruptiv'] })).toMatch(/--tagged @disruptiv: unknown tag[^]*did you mean disruptive\?/);
  // the beginning of an id is neither an id nor an area
  expect(ids({ only: ['L'] })).toMatch(/--only L: unknown behaviour/);
});

test('filters that agree on nothing are an error', () => {
  expect(ids({ only: ['LB-1'], tagged: ['long'] })).toMatch(/no behaviour is selected by: --only LB-1 --tagged long/);
  expect(ids({ only: ['LB'], not: ['LB'] })).toMatch(/no behaviour is selected by: --only LB --not LB/);
});

test('the removal goes with the whole, and with filters that leave it in', () => {
  expect(selectionOf(catalogue, {}, [])).toEqual({ args: [], removal: true });
  expect(selectionOf(catalogue, {}, ['--grep', 'LB-1'])).toEqual({ args: ['--grep', 'LB-1'], removal: false });
  expect(selectionOf(catalogue, { only: ['LB-1'] }, ['--workers=2'])).toEqual({
    args: ['/suites/an-area/LB-1\\.spec\\.[cm]?[jt]s$', '--workers=2'],
    removal: false,
  });
  expect(selectionOf(catalogue, { only: ['END'] }, [])).toEqual({ args: undefined, removal: true });
  expect(selectionOf(catalogue, { not: ['LB'] }, []).removal).toBe(true);
  expect(selectionOf(catalogue, { not: ['LB'] }, ['--grep', 'x']).removal).toBe(false);
});

test("reads Playwright's listing", () => {
  const spec = (title: string, annotations: object[]) => ({ title, tags: ['@disruptive'], tests: [{ annotations }] });
  const requirement = { type: 'requires', description: 'clusters >= 2', location: {} };
  const suites = [
    { file: '../suites/locality/LOC-1.spec.ts', specs: [spec('stays near', [requirement]), spec('and far', [])] },
  ];
  expect(readListing(JSON.stringify({ config: { rootDir: '/x/dist' }, suites }), '/x').entries).toEqual([
    {
      id: 'LOC-1',
      title: 'stays near; and far',
      area: 'locality',
      requires: ['clusters >= 2'],
      tags: ['disruptive'],
      file: 'suites/locality/LOC-1.spec.ts',
    },
  ]);
});
