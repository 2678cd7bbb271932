import type { V1Deployment, V1StatefulSet } from '@kubernetes/client-node';
import { refusalOf } from './pod-trouble.js';

/**
 * What is missing until all pods of a workload are new and ready, and no others are left, as the end of a sentence;
 * undefined if nothing is. `generation` is that of the last change, which `workload` may not show yet.
 */
export function rolloutLacks(workload: V1Deployment | V1StatefulSet, generation = 0): string | undefined {
  const { metadata, spec, status } = workload;
  const wanted = spec?.replicas ?? 1;
  const changed = Math.max(metadata?.generation ?? 0, generation);
  const seen = status?.observedGeneration ?? 0;
  const { replicas = 0, updatedReplicas: updated = 0, availableReplicas = 0 } = status ?? {};
  const available = Math.min(availableReplicas, updated);
  const old = replicas - updated;
  const left = old > 0 ? `, ${old} old ${old === 1 ? 'pod' : 'pods'} left` : '';
  if (seen < changed) return `is not updated yet: its controller has seen change ${seen} of ${changed}`;
  if (updated < wanted) return `has ${updated} of ${pods(wanted)} updated${left}${refusalOf(workload)}`;
  if (available < wanted) return `has ${available} of ${pods(wanted)} ready${left}${refusalOf(workload)}`;
  if (replicas > wanted) return `has ${pods(wanted)} ready, and waits for ${pods(replicas - wanted)} to end`;
  return undefined;
}

function pods(count: number): string {
  return count === 1 ? '1 pod' : `${count} pods`;
}
