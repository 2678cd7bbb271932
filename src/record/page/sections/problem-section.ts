import { html } from '../html.js';
import type { Section } from '../section.js';
import type { TopologyRecord } from '../../result.js';

/** Why the mesh could not be built or proven, and what a reader must know. */
export const problemSection: Section<TopologyRecord> = {
  title: 'Before you read on',
  show({ problem, notes = [] }) {
    if (!problem && notes.length === 0) return undefined;
    const lines = problem && [
      problem.where ? `${problem.where}: ${problem.message}` : problem.message,
      ...(problem.expected ? [`expected: ${problem.expected}`] : []),
      ...(problem.remedy ? [`to do: ${problem.remedy}`] : []),
    ];
    return html`${
      lines &&
      html`<p>The mesh could not be built or tested:</p>
        <pre>${lines.join('\n')}</pre>`
    }${notes.map((note) => html`<p>Note: ${note}</p>`)}`;
  },
};
