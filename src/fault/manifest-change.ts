import { patched, type Patch } from './merge-patch.js';

/** A change of an object in a manifest of the suites, before its placeholders are filled in. */
export type ManifestChange = {
  /** Stem of the file: a behaviour's id, or the name of a workload in fixtures/workloads. */
  manifest: string;
} & (
  | {
      /** Kind and name as they stand in the file: `DestinationRule/helloworld`. */
      object: string;
      /** What is changed; null leaves the object out. */
      patch: Patch | null;
    }
  | {
      /** An object that the file does not have. */
      add: Patch;
    }
);

/** The objects of a manifest with the changes that are meant for it. Throws where an object is not there: that is a mistake in a fault. */
export function changed(manifest: string, objects: readonly Patch[], changes: readonly ManifestChange[]): Patch[] {
  let result = [...objects];
  for (const change of changes.filter((one) => one.manifest === manifest)) {
    if ('add' in change) {
      result.push(change.add);
      continue;
    }
    const { object, patch } = change;
    if (!result.some((one) => nameOf(one) === object)) {
      throw new Error(`${manifest}.yaml has no ${object}, only ${result.map(nameOf).join(', ')}`);
    }
    result = result.flatMap((one) => {
      if (nameOf(one) !== object) return [one];
      return patch === null ? [] : [patched(one, patch) as Patch];
    });
  }
  return result;
}

function nameOf({ kind, metadata }: Patch): string {
  return `${String(kind)}/${(metadata as { name: string }).name}`;
}
