import { readFileSync } from 'node:fs';
import path from 'node:path';
import { formatted } from '../formatted.mjs';
import { loadSource } from '../load-source.mjs';
import { columns, confusion, readSummaries } from '../why-faults/confusion.mjs';

/** The documents whose tables are made of data, by their paths below `root`, with the tables brought up to date. */
export async function tables(root) {
  const { faults } = await loadSource(root, 'src/fault/faults.gen.ts');
  const { noticedBy } = await loadSource(root, 'src/fault/noticed-by.ts');
  const rows = faults.map((fault) => [
    `\`${fault.id}\``,
    fault.finding ?? 'none yet',
    fault.title,
    fault.requires?.map((word) => `\`${word}\``).join(', ') ?? 'all',
    noticedBy(fault).join(', '),
  ]);
  const table = markdown(['fault', 'finding', 'what is wrong', 'topologies', 'noticed by'], rows);
  const { checks } = await loadSource(root, 'src/check/checks.gen.ts');
  const { hostChecks } = await loadSource(root, 'src/check/host-checks.gen.ts');
  const firedBy = (id) => faults.filter(({ finding }) => finding === id).map((fault) => `\`${fault.id}\``);
  const ofMesh = [...checks]
    .sort((a, b) => a.id.localeCompare(b.id))
    .map(({ id, title, hop, reads, needs = [] }) => [
      id,
      title,
      hop,
      reads.join(', '),
      needs.join(', ') || '-',
      firedBy(id).join(', ') || '-',
    ]);
  const titles = ['finding', 'what is wrong', 'hop', 'reads', 'a cause only while these hold', 'faults'];
  const hostRows = hostChecks.map(({ id, title }) => [id, title]);
  const { scenarios } = await loadSource(root, 'src/scenario/scenarios.gen.ts');
  const needs = ({ requires = [], ownClusters }) => [
    ...requires.map((word) => `\`${word}\``),
    ...(ownClusters === undefined ? [] : ['clusters that meshproof makes']),
  ];
  const scenarioRows = scenarios.map((one) => [one.id, one.title, needs(one).join(', ')]);
  const named = confusion(readSummaries(root), faults);
  return Promise.all([
    document(root, 'docs/scenarios.md', { scenarios: markdown(['scenario', 'what happens', 'needs'], scenarioRows) }),
    document(root, 'docs/faults.md', {
      faults: table,
      'named by why': `${named.total}\n\n${markdown(columns, named.rows)}`,
    }),
    document(root, 'docs/findings.md', {
      checks: markdown(titles, ofMesh),
      'host checks': markdown(['finding', 'what is wrong'], hostRows),
    }),
  ]);
}

/** A document with its tables by the names of their marks, each between `<!-- generated: NAME -->` and `<!-- end -->`. */
async function document(root, file, tables) {
  let text = readFileSync(path.join(root, file), 'utf8');
  for (const [name, table] of Object.entries(tables)) {
    const mark = `<!-- generated: ${name} -->`;
    const [before, rest] = text.split(mark);
    if (rest === undefined) throw new Error(`${file} has no mark "generated: ${name}"`);
    text = `${before}${mark}\n\n${table}\n\n${rest.slice(rest.indexOf('<!-- end -->'))}`;
  }
  return [file, await formatted(root, file, text)];
}

function markdown(titles, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}
