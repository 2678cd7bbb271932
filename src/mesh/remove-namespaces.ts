import { installedBy } from '../installer/installed-labels.js';
import { installedTypes } from '../installer/remove-installed.js';
import { currentSignal } from '../kernel/cancellation.js';
import { converge, ConvergenceError } from '../kernel/converge.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { change, remove } from '../kube/api.js';
import type { Target } from '../kube/kubectl.js';
import { list, nameOf, removeSelected, workloads } from '../kube/labelled-objects.js';
import { lentLabel, managedByLabel, runLabel, runSelector } from '../run/object-labels.js';

/**
 * Deletes the namespaces with the run's label, without waiting. Keeps a namespace that existed before, or in which
 * other workloads run: there it deletes only the run's objects and labels. Returns the kept ones, in words.
 */
export async function removeNamespaces(cluster: Target, runId: string, before: readonly string[]): Promise<string[]> {
  const left: string[] = [];
  for (const namespace of await list(cluster, '/api/v1/namespaces', runSelector(runId))) {
    const name = nameOf(namespace);
    const why = before.includes(`namespaces/${name}`)
      ? 'it was there before'
      : namespace.metadata.labels?.[lentLabel] === undefined
        ? await workloadOfOthers(cluster, name, runId)
        : undefined;
    const path = `/api/v1/namespaces/${name}`;
    if (why === undefined) {
      await remove(cluster, path);
      continue;
    }
    left.push(`namespaces/${name} (${why})`);
    await removeSelected(cluster, runSelector(runId));
    await change(cluster, path, { metadata: { labels: { [runLabel]: null, [managedByLabel]: null } } });
  }
  return left;
}

async function workloadOfOthers(cluster: Target, namespace: string, runId: string): Promise<string | undefined> {
  for (const kind of workloads) {
    const found = await list(cluster, kind.replace(/\/([a-z]+)$/, `/namespaces/${namespace}/$1`));
    const other = found.find(({ metadata: { labels } }) => !installedBy(labels, runId));
    if (other) return `${kind.split('/').pop()}/${nameOf(other)} in it belongs to someone else`;
  }
  return undefined;
}

/** Waits until all is gone that `removeInstalled` and `removeNamespaces` have deleted. Throws (exit 4) after 90 s. */
export async function removedEntirely(cluster: Target, runId: string, left: readonly string[]): Promise<void> {
  const kept = left.map((text) => text.split(' ')[0]!);
  const there = async (): Promise<string[]> => {
    const [types, namespaces] = await Promise.all([
      installedTypes(cluster, runId),
      list(cluster, '/api/v1/namespaces', runSelector(runId)),
    ]);
    return [
      ...types.map((type) => `customresourcedefinitions/${nameOf(type)}`),
      ...namespaces.map((namespace) => `namespaces/${nameOf(namespace)}`),
    ].filter((name) => !kept.includes(name));
  };
  const check = (names: string[]) =>
    names.length === 0
      ? ({ ok: true } as const)
      : { ok: false as const, expected: `no object of run ${runId} in ${cluster.name}`, got: names.join(', ') };
  await converge(there, check, { timeout: 90_000, interval: 250, backoff: 1, signal: currentSignal() }).catch(
    (error: unknown) => {
      if (!(error instanceof ConvergenceError)) throw error;
      const names = (error as ConvergenceError<string[]>).last.join(', ');
      throw new MeshproofError(`deleted objects still exist after 90 s: ${names}`, exitCode.environment, {
        where: cluster.name,
        expected: `no object of run ${runId}`,
        remedy: 'find what blocks the deletion, such as finalizers (kubectl get -o yaml), then try again',
        cause: error,
      });
    },
  );
}
