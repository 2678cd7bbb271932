import { formatDuration } from '../../kernel/text.js';
import { columns } from '../../kernel/text-table.js';
import { causeLine } from './cell-record.js';
import { isRed, resultWords, type CellResult } from './cell-result.js';
import type { MatrixPlan } from './matrix-plan.js';
import type { Night } from './matrix-trend.js';

/** Nights that a table shows; the trend file has all. */
export const nightsShown = 14;

/** A matrix as plain text: every cell with its cause, what is red again with its sentence, and the nights before. */
export function matrixText(plan: MatrixPlan, results: readonly CellResult[], trend: readonly Night[]): string {
  const red = results.filter(isRed);
  const rows = results.map((result) => [
    result.cell.id,
    resultWords(result),
    result.durationMs === undefined ? '' : formatDuration(result.durationMs),
    result.attempts.length > 1 ? `${result.attempts.length} attempts` : '',
  ]);
  return [
    `matrix ${plan.name}, ${plan.night}: ${results.length - red.length} of ${results.length} cells are fine${red.length > 0 ? `, ${red.length} red` : ''}`,
    ...columns([['cell', 'result', 'time', ''], ...rows]).map((line) => `  ${line}`),
    ...results.flatMap((result) => toldLines(result)),
    ...trendLines(trend),
  ].join('\n');
}

function toldLines({ cell, cause, attempts, outcome }: CellResult): string[] {
  const before = attempts.slice(0, outcome === 'missing' ? undefined : -1);
  const lines = [
    ...(cause ? [`  ${cell.id}: ${causeLine(cause)}`] : []),
    ...before.map(
      (one) =>
        `  ${cell.id}, attempt ${one.number}: ${one.outcome ?? 'did not end'}${one.cause ? `: ${one.cause.says}` : ''}`,
    ),
    ...(cell.allowFailure !== undefined && outcome !== 'passed' ? [`  ${cell.id} may fail: ${cell.allowFailure}`] : []),
  ];
  return lines.length > 0 ? ['', ...lines] : [];
}

function trendLines(trend: readonly Night[]): string[] {
  if (trend.length < 2) return [];
  const nights = trend.slice(-nightsShown);
  const ids = [...new Set(nights.flatMap(({ cells }) => cells.map(({ id }) => id)))];
  const rows = ids.map((id) => [
    id,
    ...nights.map(({ cells }) => {
      const cell = cells.find((one) => one.id === id);
      return cell ? [cell.outcome, cell.cause?.finding].filter(Boolean).join(' ') : '-';
    }),
  ]);
  return [
    '',
    'nights',
    ...columns([['cell', ...nights.map(({ night }) => night)], ...rows]).map((line) => `  ${line}`),
  ];
}
