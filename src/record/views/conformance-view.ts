import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeAtomically } from '../../kernel/files.js';
import { conformanceOf, conformanceSchema } from '../conformance.js';
import type { RunRecord } from '../result.js';
import type { View } from '../view.js';

const file = 'conformance.yaml';
const heading = '# What this mesh does, by meshproof. docs/reports.md says what the fields mean.\n';

/** The conformance report of a record as YAML. */
export function conformanceText(record: RunRecord): string {
  return heading + stringify(conformanceSchema.parse(conformanceOf(record)), { lineWidth: 0 });
}

export default {
  file,
  title: 'Conformance (YAML)',
  write: (dir, record) => writeAtomically(join(dir, file), conformanceText(record)),
} satisfies View;
