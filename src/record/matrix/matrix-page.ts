import { formatDuration } from '../../kernel/text.js';
import { href, html, trusted, type Markup } from '../page/html.js';
import { pageStyle } from '../page/page-style.js';
import { causeLine } from './cell-record.js';
import { isRed, resultWords, type CellResult } from './cell-result.js';
import type { Axes, MatrixPlan } from './matrix-plan.js';
import type { Night } from './matrix-trend.js';
import { nightsShown } from './matrix-text.js';

/** Another file of the merged report. */
export interface MatrixLink {
  path: string;
  title: string;
}

/** The matrix as one page without script: a grid with the cause in each cell, what is red, and the nights before. */
export function matrixPage(
  plan: MatrixPlan,
  results: readonly CellResult[],
  trend: readonly Night[],
  links: readonly MatrixLink[],
): string {
  const red = results.filter(isRed);
  const verdict =
    red.length === 0 ? 'passed' : red.some(({ outcome }) => outcome === 'failed') ? 'failed' : 'undetermined';
  const sentence =
    red.length === 0
      ? `All ${results.length} cells are fine.`
      : `${red.length} of ${results.length} cells ${red.length === 1 ? 'is' : 'are'} red.`;
  return html`<!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${verdict}: matrix ${plan.name}, ${plan.night}</title>
        <style>
          ${trusted(pageStyle)} ${trusted(gridStyle)}
        </style>
      </head>
      <body>
        <header>
          <h1>matrix ${plan.name}, ${plan.night}</h1>
          <p class="verdict ${verdict}">${verdict}</p>
          <p class="sentence">${sentence}</p>
          <nav>
            <ul>
              ${links.map(({ path, title }) => html`<li><a href="${href(path)}">${title}</a></li>`)}
            </ul>
          </nav>
        </header>
        <main>
          <section aria-labelledby="cells">
            <h2 id="cells">Cells</h2>
            ${grid(results)}
          </section>
          ${told(results)} ${nights(trend)}
        </main>
      </body>
    </html> `.toString();
}

const gridStyle = `
.grid td { border: 2px solid var(--paper); background: var(--block); padding: .4rem .6rem; min-width: 9rem; }
.grid td.red { background: var(--pale); } .grid td.none { background: none; } .grid th { padding: .4rem .6rem; }
.grid .cause { display: block; font-size: .85rem; color: var(--soft); }
`;

/** Rows are meshes, columns are versions. */
function grid(results: readonly CellResult[]): Markup {
  const rowOf = ({ topology, installer, environment }: Axes): string =>
    [topology, installer, environment].filter(Boolean).join(', ');
  const columnOf = ({ istio, kubernetes }: Axes): string =>
    [istio && `Istio ${istio}`, kubernetes && `Kubernetes ${kubernetes}`].filter(Boolean).join(', ') ||
    'versions of the environment';
  const unique = (of: (axes: Axes) => string): string[] =>
    [...new Set(results.map(({ cell }) => of(cell.axes)))].sort();
  const [rows, heads] = [unique(rowOf), unique(columnOf)];
  return html`<div class="wide" tabindex="0" role="region" aria-label="Cells by mesh and version">
    <table class="grid">
      <thead>
        <tr>
          <th scope="col">Mesh</th>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              <th scope="row">${row}</th>
              ${heads.map((head) => {
                const result = results.find(({ cell: { axes } }) => rowOf(axes) === row && columnOf(axes) === head);
                return result ? square(result) : html`<td class="none"><span class="soft">not planned</span></td>`;
              })}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

const signs: Partial<Record<CellResult['outcome'], string>> = { passed: '✓', flaky: '≈', failed: '✗', missing: '∅' };

function square(result: CellResult): Markup {
  const { cell, outcome, cause, last, durationMs, attempts } = result;
  const words = html`<span aria-hidden="true">${signs[outcome] ?? '?'}</span> ${resultWords(result)}`;
  const report = last?.report && `../cells/${cell.id}/${last.report}/index.html`;
  const more = [
    durationMs !== undefined && formatDuration(durationMs),
    attempts.length > 1 && `${attempts.length} attempts`,
    cause && !cause.finding && outcome === 'missing' && cause.says,
  ].filter(Boolean);
  return html`<td class="${isRed(result) ? 'red' : 'fine'}">
    <b class="${classOf(outcome)}">${report ? html`<a href="${href(report)}">${words}</a>` : words}</b>
    <span class="cause">${more.join(', ')}</span>
  </td>`;
}

function classOf(outcome: CellResult['outcome']): string {
  return outcome === 'passed' || outcome === 'failed' || outcome === 'flaky' ? outcome : 'undetermined';
}

/** Everything that is not simply green: causes, attempts, what may fail. */
function told(results: readonly CellResult[]): Markup | undefined {
  const rows = results.flatMap(({ cell, cause, attempts }) => {
    const said = [
      cause && html`<li>${causeLine(cause)}</li>`,
      ...(attempts.length > 1
        ? attempts.map(
            ({ number, outcome = 'did not end', cause: own, report }) =>
              html`<li>
                attempt ${number}:
                ${report ? html`<a href="${href(`../cells/${cell.id}/${report}/index.html`)}">${outcome}</a>` : outcome}${own && `: ${own.says}`}
              </li>`,
          )
        : []),
      cell.allowFailure !== undefined && html`<li>may fail: ${cell.allowFailure}</li>`,
    ].filter((one) => one instanceof Object);
    return said.length === 0
      ? []
      : [
          html`<h3>${cell.id}</h3>
            <ul>
              ${said}
            </ul>`,
        ];
  });
  return rows.length === 0
    ? undefined
    : html`<section aria-labelledby="told">
        <h2 id="told">Cells that need a look</h2>
        ${rows}
      </section>`;
}

/** Cells by night. */
function nights(trend: readonly Night[]): Markup {
  const shown = trend.slice(-nightsShown);
  const ids = [...new Set(shown.flatMap(({ cells }) => cells.map(({ id }) => id)))];
  const rows = ids.map((id) => {
    const cells = shown.map(({ cells: all }) => {
      const cell = all.find((one) => one.id === id);
      if (!cell) return html`<td class="none"></td>`;
      return html`<td class="${cell.red ? 'red' : 'fine'}">
        <b class="${classOf(cell.outcome)}"
          ><span aria-hidden="true">${signs[cell.outcome] ?? '?'}</span> ${cell.outcome}</b
        >
        <span class="cause">${cell.cause?.finding ?? cell.cause?.says.slice(0, 60)}</span>
      </td>`;
    });
    return html`<tr>
      <th scope="row">${id}</th>
      ${cells}
    </tr>`;
  });
  return html`<section aria-labelledby="nights">
    <h2 id="nights">Nights</h2>
    <div class="wide" tabindex="0" role="region" aria-label="Cells by night">
      <table class="grid">
        <thead>
          <tr>
            <th scope="col">Cell</th>
            ${shown.map(({ night }) => html`<th scope="col">${night}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </section>`;
}
