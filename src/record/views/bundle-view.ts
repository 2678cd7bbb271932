import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as tar from 'tar';
import { headlineOf } from '../headline.js';
import { recordFile } from '../result-files.js';
import type { RunRecord } from '../result.js';
import type { View } from '../view.js';

export const bundleFile = 'bundle.tar.gz';

/** What a helper needs of a report: without the reports of other tools, which repeat it in pages of several MB. */
export function bundleEntries(dir: string): string[] {
  const wanted = [recordFile, 'summary.txt', 'conformance.yaml', 'evidence', 'manifests', 'attachments'];
  return wanted.filter((entry) => existsSync(join(dir, entry)));
}

async function write(dir: string, record: RunRecord): Promise<void> {
  const { verdict } = headlineOf(record);
  // there is nothing to look into
  if (verdict !== 'failed' && verdict !== 'undetermined') return;
  const prefix = `meshproof-bundle-${record.run.id}`;
  await tar.create({ file: join(dir, bundleFile), cwd: dir, prefix, gzip: true, portable: true }, bundleEntries(dir));
}

export default { file: bundleFile, title: 'Bundle for a ticket', write, last: true } satisfies View;
