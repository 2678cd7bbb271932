import type { RunRecord } from '../../result.js';
import { timingsSvg } from '../../views/timings-view.js';
import { html, trusted } from '../html.js';
import type { Section } from '../section.js';

/** What the run spent its time on. */
export const timingsSection: Section<RunRecord> = {
  title: 'Timings',
  show: (record) =>
    html`<div class="wide" tabindex="0" role="region" aria-label="Chart of timings">
      ${trusted(timingsSvg(record))}
    </div>`,
};
