/** Label of what a run makes in a cluster; the value is the run's id. */
export const runLabel = 'meshproof.dev/run';
export const managedByLabel = 'app.kubernetes.io/managed-by';

/** Labels of every object that the harness makes in a cluster. */
export function ownerLabels({ runId }: { runId: string }): Record<string, string> {
  return { [managedByLabel]: 'meshproof', [runLabel]: runId };
}

/** Picks what carries the labels of a run. */
export function runSelector(runId: string): string {
  return `${runLabel}=${runId}`;
}

/** Label of the namespaces that are lent to behaviours. */
export const lentLabel = 'meshproof.dev/lent';

/** Picks the namespaces that a run has lent. */
export function lentSelector(runId: string): string {
  return `${lentLabel},${runSelector(runId)}`;
}
