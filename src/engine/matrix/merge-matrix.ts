import { chmod, cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { writeAtomically } from '../../kernel/files.js';
import { invocation } from '../../kernel/invocation.js';
import { asShown } from '../../kernel/project-files.js';
import { scanForSecrets } from '../../kernel/secrets/secret-scan.js';
import { writeAllureResults } from '../../record/matrix/allure-results.js';
import { readResults } from '../../record/matrix/cell-result.js';
import { matrixPage, type MatrixLink } from '../../record/matrix/matrix-page.js';
import { cellFolder, readPlan, type MatrixPlan } from '../../record/matrix/matrix-plan.js';
import { nightOf, writeNight, type Night } from '../../record/matrix/matrix-trend.js';
import { mergedRecord, type CellWithRecord } from '../../record/matrix/merged-record.js';
import { readRecord, recordFile, writeRecord } from '../../record/result-files.js';
import allureView from '../../record/views/allure-view.js';
import junitView from '../../record/views/junit-view.js';
import { page } from '../../record/views/page-view.js';
import summaryView from '../../record/views/summary-view.js';
import type { Progress } from '../progress.js';
import { mergeBlobs } from './playwright-blobs.js';

/** A night, merged. */
export interface MergedMatrix {
  plan: MatrixPlan;
  cells: CellWithRecord[];
  trend: Night[];
  /** The folder of the merged report. */
  folder: string;
}

/**
 * Makes one report of all cells of a night, by its plan: a cell without a result is red in it. Adds the night to the trend. The
 * report takes the place of the one that was merged before. Throws (exit 6) where there is a secret in it.
 */
export async function mergeMatrix(folder: string, progress: Progress): Promise<MergedMatrix> {
  const plan = await readPlan(folder);
  const results = await readResults(folder, plan);
  const cells = await Promise.all(results.map((result) => withRecord(folder, result)));
  const record = mergedRecord(plan, cells, invocation());
  const target = path.join(folder, 'merged');
  const work = path.join(folder, '.merged-part');
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true, mode: 0o700 });
  await writeRecord(work, record);
  await junitView.write(work, record);
  await summaryView.write(work, record);
  await writeAtomically(path.join(work, 'behaviours.html'), page(record));
  const optional = async (what: string, make: () => Promise<unknown>): Promise<void> => {
    await make().catch((error: unknown) => progress.note(`no ${what} of all cells: ${(error as Error).message}`));
  };
  await optional('Allure report', async () => {
    await writeAllureResults(path.join(work, 'allure-results'), record);
    await allureView.write(work, record);
  });
  await optional('Playwright report', () => mergeBlobs(folder, cells, path.join(work, 'playwright')));
  const trend = await writeNight(path.dirname(folder), nightOf(plan, results, record.meshproof.commit));
  await writeAtomically(path.join(work, 'index.html'), matrixPage(plan, results, trend, linksOf(work)));
  await publish(work, target);
  return { plan, cells, trend, folder: target };
}

async function withRecord(folder: string, result: CellWithRecord): Promise<CellWithRecord> {
  const { last, cell } = result;
  if (last?.report === undefined || result.outcome === 'missing') return result;
  return { ...result, record: await readRecord(path.join(cellFolder(folder, cell.id), last.report)) };
}

function linksOf(work: string): MatrixLink[] {
  const all: MatrixLink[] = [
    { path: 'behaviours.html', title: 'All behaviours' },
    { path: recordFile, title: 'Record (JSON)' },
    { path: 'junit.xml', title: 'JUnit' },
    { path: 'summary.txt', title: 'Summary (text)' },
    { path: 'allure.html', title: 'Allure' },
    { path: 'playwright/index.html', title: 'Playwright report of the cells with blobs' },
  ];
  return all.filter(({ path: file }) => existsSync(path.join(work, file)));
}

/** What is merged was searched in each cell; what is made of it is searched again before it gets its name. */
async function publish(work: string, target: string): Promise<void> {
  const leaks = await scanForSecrets(work);
  if (leaks.length > 0) {
    const [first] = leaks;
    await rm(work, { recursive: true, force: true });
    throw new MeshproofError(`the merged report contains a secret: ${first!.what} in ${first!.path}`, exitCode.gate, {
      where: asShown(target),
      remedy: 'find it in the reports of the cells',
    });
  }
  await chmod(work, (await stat(path.dirname(target))).mode & 0o777);
  await rm(target, { recursive: true, force: true });
  await rename(work, target).catch(async () => {
    await cp(work, target, { recursive: true });
    await rm(work, { recursive: true, force: true });
  });
}
