import { commandsOf } from '../../rebuild-commands.js';
import type { TopologyRecord } from '../../result.js';
import { html } from '../html.js';
import type { Section } from '../section.js';

/** The commands that make this mesh again and ask what failed. */
export const commandsSection: Section<TopologyRecord> = {
  title: 'Do it again',
  show(topology, { record }) {
    return html`<pre>${commandsOf(record, topology).join('\n')}</pre>`;
  },
};
