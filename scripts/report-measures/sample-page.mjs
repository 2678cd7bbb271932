import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { runnerImport } from 'vite';

/** Writes the page of a record into a folder: failures with findings, changes, and a matrix of four topologies. */
export async function writeSamplePage(root, folder) {
  const load = async (file) =>
    (await runnerImport(path.join(root, file), { root, configFile: false, logLevel: 'error' })).module;
  const { everySection } = await load('test/helpers/record-page.ts');
  const { page } = await load('src/record/views/page-view.ts');
  const file = path.join(folder, 'index.html');
  writeFileSync(file, page(everySection()));
  return file;
}
