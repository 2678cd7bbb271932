import type { DraftCluster } from './draft.js';
import type { Problem } from '../kernel/errors.js';
import type { Path } from './positions.js';

/** A problem that does not know its line yet. */
export interface Complaint extends Pick<Problem, 'message' | 'read' | 'allowed' | 'suggestion'> {
  path: Path;
  part?: 'key' | 'value';
}

/** Where a cluster, or one of its fields, stands in the file. */
export function at(cluster: DraftCluster, field?: string): Path {
  return ['clusters', cluster.index, ...(field ? [field] : [])];
}

/** What a cluster is called in a message. */
export function title(cluster: DraftCluster): string {
  return cluster.name ?? `clusters[${cluster.index}]`;
}
