import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runnerImport } from 'vite';
import { formatted } from './index-files.mjs';

/** The documents whose tables are made of data, by their paths below `root`, with the tables brought up to date. */
export async function tables(root) {
  const { faults } = await load(root, 'src/fault/faults.gen.ts');
  const { noticedBy } = await load(root, 'src/fault/noticed-by.ts');
  const rows = faults.map((fault) => [
    `\`${fault.id}\``,
    fault.finding.id,
    fault.title,
    fault.requires?.map((word) => `\`${word}\``).join(', ') ?? 'all',
    noticedBy(fault).join(', '),
  ]);
  const table = markdown(['fault', 'finding', 'what is wrong', 'topologies', 'noticed by'], rows);
  return [['docs/faults.md', await formatted(root, 'docs/faults.md', filled(root, 'docs/faults.md', 'faults', table))]];
}

async function load(root, file) {
  const { module } = await runnerImport(path.join(root, file), { root, configFile: false, logLevel: 'error' });
  return module;
}

/** A document with the text between its marks `<!-- generated: NAME -->` and `<!-- end -->` replaced. */
export function filled(root, file, name, text) {
  const document = readFileSync(path.join(root, file), 'utf8');
  const [before, rest] = document.split(`<!-- generated: ${name} -->`);
  if (rest === undefined) throw new Error(`${file} has no mark "generated: ${name}"`);
  const after = rest.slice(rest.indexOf('<!-- end -->'));
  return `${before}<!-- generated: ${name} -->\n\n${text}\n\n${after}`;
}

function markdown(titles, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}
