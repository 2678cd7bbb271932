import type { RunRecord } from '../result.js';
import type { RecordedConfiguration } from './configuration-file.js';

/** A record to compare, with where it was read from and the configurations of its proxies, where they were recorded. */
export interface ComparedRecord {
  record: RunRecord;
  /** The folder of its report. */
  path: string;
  configurations: readonly RecordedConfiguration[];
}
