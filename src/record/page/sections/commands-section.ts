import { commandsOf } from '../../rebuild-commands.js';
import type { TopologyRecord } from '../../result.js';
import { html } from '../html.js';
import type { Section } from '../section.js';

/** The commands that make this mesh again and ask what failed. A mesh that meshproof did not make has no file, and no such commands. */
export const commandsSection: Section<TopologyRecord> = {
  title: 'Do it again',
  show(topology, { record }) {
    if (topology.file === '') return undefined;
    return html`<pre>${commandsOf(record, topology).join('\n')}</pre>`;
  },
};
