import type { Fault, Mesh } from './fault.js';

/**
 * Which faults are proven together. A fault of the live mesh is alone. Faults of manifests do not meet, each is in the
 * configuration that other behaviours never see: as many go together as concern different behaviours. One that changes a
 * workload, which several behaviours deploy, is alone as well. The order is kept, as far as that goes.
 */
export function batchesOf(faults: readonly Fault[], mesh: Mesh): Fault[][] {
  const batches: Fault[][] = [];
  const open: Fault[][] = [];
  for (const fault of faults) {
    const failing = Object.keys(fault.fails(mesh));
    const own = fault.manifests?.every(({ manifest }) => failing.includes(manifest));
    if (!own) {
      batches.push([fault]);
      continue;
    }
    const concerned = (batch: Fault[], ids: readonly string[]): boolean =>
      batch.some((one) => [...Object.keys(one.fails(mesh)), ...one.passes].some((id) => ids.includes(id)));
    const failingIn = (batch: Fault[]): string[] => batch.flatMap((one) => Object.keys(one.fails(mesh)));
    const fits = open.find(
      (batch) => !concerned(batch, failing) && !fault.passes.some((id) => failingIn(batch).includes(id)),
    );
    if (fits) fits.push(fault);
    else {
      const batch = [fault];
      open.push(batch);
      batches.push(batch);
    }
  }
  return batches;
}
