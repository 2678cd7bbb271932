import type { RunRecord } from '../result.js';
import type { Link } from '../view.js';
import type { Markup } from './html.js';

/** What every section may look at. */
export interface Page {
  record: RunRecord;
  /** Other views that are in the report. */
  links: readonly Link[];
}

/** A part of the page about a run or a topology, one file each; `sections.ts` lists them. */
export interface Section<Subject> {
  title: string;
  /** Its content without the heading; undefined where there is nothing to show. */
  show(subject: Subject, page: Page): Markup | undefined;
}
