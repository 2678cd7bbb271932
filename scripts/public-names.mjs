#!/usr/bin/env node
// Lists the names of environment `public`, and the tables of versions, that were last checked too long ago; exit code 1 when
// there are any. After a new check, raise `read` in the file, and correct the names that have changed.
//   node scripts/public-names.mjs [--days 60] [--all]
import { readFileSync } from 'node:fs';
import { argv } from 'zx';
import { parse } from 'yaml';
import { prepare } from './prepare.mjs';

await prepare();
const { compatibility } = await import('../dist/src/supply/compatibility-data.js');

const days = Number(argv.days ?? 60);
const file = 'environments/public.yaml';
const { sources } = parse(readFileSync(file, 'utf8'));
const table = 'src/supply/compatibility-data.ts';
const known = [
  ...sources.map(({ names, page, read }) => ({ file, what: names.join(', '), page, read })),
  ...Object.entries(compatibility).map(([what, { page, read }]) => ({ file: table, what, page, read })),
];
const ages = known.map((one) => ({ ...one, age: Math.floor((Date.now() - Date.parse(one.read)) / 86_400_000) }));
const old = ages.filter(({ age }) => age > days);
for (const { file, what, page, read, age } of argv.all ? ages : old)
  console.log(`${read}  ${age} days  ${file}: ${what}\n    ${page}`);
console.log(`${old.length} of ${ages.length} were last looked at more than ${days} days ago`);
process.exitCode = old.length > 0 ? 1 : 0;
