// Writes the indexes of everything of which there is one file each, and the tables of the docs that are made of them.
//   npm run indexes            writes what is not current
//   npm run indexes -- --check writes nothing; ends with 1 when something is not current
import './own-node.mjs';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { indexFiles } from './indexes/index-files.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const check = process.argv.includes('--check');
const stale = [];

await bring(await indexFiles(root));
// the tables need what the indexes lead to
const { tables } = await import('./indexes/tables.mjs');
if (stale.length === 0 || !check) await bring(await tables(root));

for (const file of stale) console.log(`${check ? 'not current' : 'written'}: ${file}`);
if (check && stale.length > 0) {
  console.log('to do: npm run indexes');
  process.exitCode = 1;
}

/** Brings files to their texts, or only finds those that differ. */
async function bring(files) {
  for (const [file, text] of files) {
    const where = path.join(root, file);
    if (read(where) === text) continue;
    stale.push(file);
    if (!check) writeFileSync(where, text);
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
