import type { V1CustomResourceDefinition } from '@kubernetes/client-node';
import { settleAll } from '../kernel/cancellation.js';
import { remove } from '../kube/api.js';
import type { Target } from '../kube/kubectl.js';
import {
  list,
  listWhole,
  nameOf,
  pathOf,
  removeSelected,
  typesPath,
  workloads,
  type Listed,
} from '../kube/labelled-objects.js';
import { runSelector } from '../run/object-labels.js';
import { installedBy, installedFor } from './installed-labels.js';

/**
 * Removes what was installed for the run, object by object, by its labels. Keeps an Istio type that existed before, or
 * of which others have objects. Returns, in words, what it kept for others.
 */
export async function removeInstalled(cluster: Target, runId: string, before: readonly string[]): Promise<string[]> {
  const types = await installedTypes(cluster, runId);
  const others = await othersInstallations(cluster, runId);
  const own = new Set((await list(cluster, '/api/v1/namespaces', runSelector(runId))).map(nameOf));
  const left: string[] = [];
  await settleAll(
    types.map(async (type) => {
      const name = type.metadata.name!;
      const why = before.includes(`customresourcedefinitions/${name}`)
        ? 'it was there before'
        : (others[0] ?? (await usedBy(cluster, type, runId, own)));
      if (why === undefined) return remove(cluster, `${typesPath}/${name}`);
      left.push(`customresourcedefinitions/${name} (${why})`);
      for (const object of await list(cluster, objectsOf(type), runSelector(runId)))
        await remove(cluster, pathOf(objectsOf(type), object));
    }),
  );
  for (const { selector, is } of installedFor(runId)) await removeSelected(cluster, selector, is);
  return left;
}

/** The types of Istio that were installed for the run. */
export async function installedTypes(cluster: Target, runId: string): Promise<(V1CustomResourceDefinition & Listed)[]> {
  const found = new Map<string, V1CustomResourceDefinition & Listed>();
  for (const { selector, is } of installedFor(runId)) {
    for (const type of await listWhole<V1CustomResourceDefinition & Listed>(cluster, typesPath, selector))
      if (is(type.metadata)) found.set(type.metadata.name!, type);
  }
  return [...found.values()];
}

/** Control planes in the cluster that the run did not install, in words. */
export async function othersInstallations(cluster: Target, runId: string): Promise<string[]> {
  const istiods = await list(cluster, workloads[0]!, 'app=istiod');
  return istiods
    .filter(({ metadata }) => !installedBy(metadata.labels, runId))
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name} needs it`);
}

/** Where the API server keeps the objects of a type. */
function objectsOf({ spec: { group, names, versions } }: V1CustomResourceDefinition): string {
  const version = versions.find(({ storage, served }) => storage && served) ?? versions.find(({ served }) => served);
  return `/apis/${group}/${version!.name}/${names.plural}`;
}

/** An object of the type that is not the run's, in words. */
async function usedBy(
  cluster: Target,
  type: V1CustomResourceDefinition,
  runId: string,
  own: ReadonlySet<string>,
): Promise<string | undefined> {
  const objects = await list(cluster, objectsOf(type));
  const other = objects.find(
    ({ metadata: { namespace, labels } }) => !own.has(namespace!) && !installedBy(labels, runId),
  );
  return other && `${other.metadata.namespace}/${other.metadata.name} is of this type`;
}
