import { join } from 'node:path';
import { writeAtomically } from '../../kernel/files.js';
import { headlineOf } from '../headline.js';
import { firstScreen } from '../page/first-screen.js';
import { html, trusted, type Markup } from '../page/html.js';
import { pageStyle } from '../page/page-style.js';
import type { Page } from '../page/section.js';
import { runSections } from '../page/sections.js';
import { topologyPart } from '../page/topology-part.js';
import type { RunRecord } from '../result.js';
import type { Link, View } from '../view.js';

export interface PageOptions {
  /** Other views that are in the run folder. */
  links?: readonly Link[];
}

/** The record as one page that needs nothing but itself: no script, no font, nothing off the host. */
export function page(record: RunRecord, { links = [] }: PageOptions = {}): string {
  const page: Page = { record, links };
  const { verdict, sentence } = headlineOf(record);
  return html`<!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:"
        />
        <title>${verdict}: ${sentence} meshproof ${record.run.id}</title>
        <style>
          ${trusted(pageStyle)}
        </style>
      </head>
      <body>
        ${firstScreen(page)}
        <main>
          ${runSections.before.map((section) => runPart(section, page))}
          ${record.topologies.map((topology) => topologyPart(topology, page))}
          ${runSections.after.map((section) => runPart(section, page))}
        </main>
      </body>
    </html> `.toString();
}

export default {
  file: 'index.html',
  title: 'Page',
  write: (dir, record, links) => writeAtomically(join(dir, 'index.html'), page(record, { links })),
  last: true,
} satisfies View;

function runPart({ id, section }: (typeof runSections)['after'][number], page: Page): Markup | undefined {
  const content = section.show(page.record, page);
  return (
    content &&
    html`<section aria-labelledby="${id}">
      <h2 id="${id}">${section.title}</h2>
      ${content}
    </section>`
  );
}
