import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../../kernel/run-program.js';
import { cellFolder } from '../../record/matrix/matrix-plan.js';
import type { CellWithRecord } from '../../record/matrix/merged-record.js';
import { playwrightFolder } from '../../record/result-files.js';
import { playwrightCli } from '../playwright/playwright-paths.js';

/**
 * Merges Playwright's blobs of all cells into one report of Playwright, where there are blobs. It knows nothing of a cell without one:
 * what is missing is told by the page of the matrix.
 */
export async function mergeBlobs(folder: string, cells: readonly CellWithRecord[], output: string): Promise<void> {
  const files = cells.flatMap(({ cell, last }) =>
    last?.report === undefined
      ? []
      : blobsBelow(path.join(cellFolder(folder, cell.id), last.report)).map((file) => ({ id: cell.id, file })),
  );
  if (files.length === 0) return;
  const work = await mkdtemp(path.join(tmpdir(), 'meshproof-blobs-'));
  try {
    const blobs = path.join(work, 'blobs');
    await mkdir(blobs);
    for (const [i, { id, file }] of files.entries()) await cp(file, path.join(blobs, `${id}-${i}.zip`));
    await run(process.execPath, [playwrightCli(), 'merge-reports', '--reporter', 'html', blobs], {
      cwd: work,
      env: { PLAYWRIGHT_HTML_OUTPUT_DIR: output, PLAYWRIGHT_HTML_OPEN: 'never' },
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function blobsBelow(report: string): string[] {
  const root = path.join(report, playwrightFolder);
  const topologies = existsSync(root) ? readdirSync(root) : [];
  return topologies.flatMap((topology) => {
    const folder = path.join(root, topology, 'blob');
    const names = existsSync(folder) ? readdirSync(folder) : [];
    return names.filter((name) => name.endsWith('.zip')).map((name) => path.join(folder, name));
  });
}
