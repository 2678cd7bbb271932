// Writes the indexes of everything of which there is one file each, and the tables of the docs that are made of them.
//   npm run indexes            writes what is not current
//   npm run indexes -- --check writes nothing; ends with 1 when something is not current
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './prepare.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const check = process.argv.includes('--check');

await prepare({ build: false });
const { indexFiles } = await import('./indexes/index-files.mjs');
await bring(await indexFiles(root));
// what uses a new id compiles only when the index has it: so the build comes after
await import('./own-node.mjs');
// the tables need what the indexes lead to
const { tables } = await import('./indexes/tables.mjs');
await bring(await tables(root));

/** Brings files to their texts, or only finds those that differ. */
async function bring(files) {
  const stale = files.filter(([file, text]) => read(path.join(root, file)) !== text);
  for (const [file, text] of stale) {
    if (!check) writeFileSync(path.join(root, file), text);
    console.log(`${check ? 'not current' : 'written'}: ${file}`);
  }
  if (check && stale.length > 0) {
    console.log('to do: npm run indexes');
    process.exit(1);
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
