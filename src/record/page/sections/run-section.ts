import { formatDuration } from '../../../kernel/text.js';
import type { RunRecord } from '../../result.js';
import { href, html } from '../html.js';
import type { Section } from '../section.js';

/** How it was run, on what, and the other files of the report. */
export const runSection: Section<RunRecord> = {
  title: 'Run and files',
  show({ run, meshproof, machine, environment }, { links }) {
    const facts: [string, string | undefined][] = [
      ['Command', run.command.join(' ')],
      ['Exit code', `${run.exitCode}${run.interrupted ? ', interrupted' : ''}`],
      ['Took', formatDuration(run.durationMs)],
      ['Environment', `${environment.name}: Kubernetes ${environment.kubernetes}, Istio ${environment.istio}`],
      ...environment.notes.map((note): [string, string] => ['Note', note]),
      ['Machine', `${machine.os}, ${machine.cpus} CPUs, ${(machine.memoryBytes / 1024 ** 3).toFixed(0)} GiB`],
      ...(['docker', 'kind', 'kubectl', 'istioctl', 'node'] as const).map((name): [string, string | undefined] => [
        name,
        machine[name],
      ]),
      ['meshproof', `${meshproof.version}${meshproof.commit ? ` (${meshproof.commit})` : ''}`],
    ];
    const files = links.map(({ path, title }) => html`<li><a href="${href(path)}">${title}</a></li>`);
    const images = Object.entries(environment.images).map(
      ([role, image]) =>
        html`<tr>
          <th scope="row">${role}</th>
          <td>${image}</td>
        </tr>`,
    );
    const rows = facts.map(
      ([name, value]) =>
        value &&
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    );
    return html`${
        files.length > 0 &&
        html`<nav aria-label="Other files of this report">
          <ul>
            ${files}
          </ul>
        </nav>`
      }
      <dl>${rows}</dl>
      <details>
        <summary>Images of the environment</summary>
        <table>
          <tbody>
            ${images}
          </tbody>
        </table>
      </details>`;
  },
};
