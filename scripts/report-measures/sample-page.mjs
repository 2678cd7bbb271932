import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadSource } from '../load-source.mjs';

/** Writes the page of a record into a folder: failures with findings, changes, and a matrix of four topologies. */
export async function writeSamplePage(root, folder) {
  const { everySection } = await loadSource(root, 'test/helpers/record-page.ts');
  const { page } = await loadSource(root, 'src/record/views/page-view.ts');
  const file = path.join(folder, 'index.html');
  writeFileSync(file, page(everySection()));
  return file;
}
