import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { asDeclared, declaredBy } from './judge-answer.mjs';
import { nothing, outside } from './outside-faults.mjs';

/** Columns of the table of docs/faults.md. */
export const columns = [
  'fault',
  'must be named',
  '`why` named',
  'also found',
  'seconds',
  'topology',
  'Istio',
  'Kubernetes',
  'date',
];

/** The summaries of the series in docs/series/, the oldest first. */
export function readSummaries(root) {
  const folder = path.join(root, 'docs/series');
  const files = readdirSync(folder).filter((file) => /^why-faults-.*\.json$/.test(file));
  const all = files.map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')));
  return all.sort((a, b) => a.finishedAt.localeCompare(b.finishedAt));
}

/**
 * What `why` names, fault by fault: the newest round of each on each topology. A fault that was not played has a row too. Returns the
 * cells of the `rows`, and a `total` in words.
 */
export function confusion(summaries, catalogue) {
  const all = [nothing, ...outside, ...catalogue];
  const played = summaries.flatMap((summary) => roundsOf(summary, all));
  const newest = new Map(played.map((round) => [`${round.fault} ${round.topology}`, round]));
  const rows = all.flatMap((fault) => {
    const own = [...newest.values()].filter((round) => round.fault === fault.id);
    return own.length > 0 ? own.map(cellsOf) : [notPlayed(fault)];
  });
  return { rows, total: totalOf([...newest.values()], all) };
}

/** The rounds of a summary, each with where and when. */
function roundsOf({ parameters, finishedAt, table, ...summary }, all) {
  const { topology, istio = '-', kubernetes = '-' } = parameters;
  const where = { topology, istio, kubernetes, date: finishedAt.slice(0, 10) };
  const rounds = table
    ? table.rows.map((row) => Object.fromEntries(row.map((cell, i) => [table.columns[i], cell])))
    : withoutTable(parameters, summary, all);
  return rounds.map((round) => ({ ...round, ...where }));
}

/** Of a summary without a table: a round with nothing wrong was named as declared, and of another the name was not kept. */
function withoutTable({ faults }, { rounds, wrong }, all) {
  return faults.slice(0, rounds).flatMap((id, i) => {
    const fault = all.find((one) => one.id === id);
    // it has another name now
    if (!fault) return [];
    const declared = declaredBy(fault);
    const bad = wrong.find(({ round }) => round === i + 1);
    const named = !bad ? declared : bad.wrong.join(' ').includes('could not be broken') ? 'not broken' : 'not kept';
    return [{ fault: id, declared, named, also: [], seconds: null }];
  });
}

function cellsOf(round) {
  const { fault, declared, named, also, seconds, topology, istio, kubernetes, date } = round;
  const shown = asDeclared(round) || named === 'not broken' ? named : `**${named}**`;
  return [
    `\`${fault}\``,
    declared,
    shown,
    also.join(', ') || '-',
    seconds === null ? '-' : String(seconds),
    `\`${topology}\``,
    istio,
    kubernetes,
    date,
  ];
}

function notPlayed(fault) {
  const why = fault.break ? 'not played' : 'not played: only in a manifest of a behaviour';
  return [`\`${fault.id}\``, fault.finding === undefined ? 'none yet' : declaredBy(fault), why, ...Array(6).fill('-')];
}

function totalOf(rounds, all) {
  const count = (fits) => rounds.filter(fits).length;
  const asked = count(({ named }) => named !== 'not broken');
  const right = count(asDeclared);
  const open = all.filter((fault) => fault.break && !rounds.some((round) => round.fault === fault.id)).length;
  return [
    `Asked ${asked} times: ${right} named as declared, ${asked - right} otherwise.`,
    `${count(({ named }) => named === 'not broken')} could not be made.`,
    `${open} of ${all.filter((fault) => fault.break).length} rounds were not played yet.`,
  ].join(' ');
}
