import type { RunRecord, TopologyRecord } from '../result.js';
import type { Section } from './section.js';
import { behavioursSection } from './sections/behaviours-section.js';
import { causesSection } from './sections/causes-section.js';
import { changesSection } from './sections/changes-section.js';
import { commandsSection } from './sections/commands-section.js';
import { differenceSection } from './sections/difference-section.js';
import { evidenceSection } from './sections/evidence-section.js';
import { installedSection } from './sections/installed-section.js';
import { matrixSection } from './sections/matrix-section.js';
import { problemSection } from './sections/problem-section.js';
import { runSection } from './sections/run-section.js';
import { timingsSection } from './sections/timings-section.js';

/** What the page says of each topology, in this order. A new section is a file, and a line here. */
export const topologySections: readonly Section<TopologyRecord>[] = [
  problemSection,
  causesSection,
  changesSection,
  behavioursSection,
  commandsSection,
  differenceSection,
  evidenceSection,
  installedSection,
];

/** What the page says of the whole run: before the topologies, and after them. Each has its anchor. */
export const runSections: Record<'before' | 'after', readonly { id: string; section: Section<RunRecord> }[]> = {
  before: [{ id: 'matrix', section: matrixSection }],
  after: [
    { id: 'timings', section: timingsSection },
    { id: 'run', section: runSection },
  ],
};
