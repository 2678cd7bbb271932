import { failing, type Fault, type Mesh } from './fault.js';

/**
 * Which faults are proven together. A fault of the live mesh is alone. Faults of manifests do not meet, each is in the
 * configuration that other behaviours never see: as many go together as concern different behaviours. One that changes a
 * workload, which several behaviours deploy, is alone as well. The order is kept, as far as that goes.
 */
export function batchesOf(faults: readonly Fault[], mesh: Mesh): Fault[][] {
  const batches: Fault[][] = [];
  const open: Fault[][] = [];
  const idsOf = (fault: Fault): string[] => failing(fault.fails(mesh)).map(([id]) => id);
  for (const fault of faults) {
    const failed = idsOf(fault);
    const own = fault.manifests?.every(({ manifest }) => failed.includes(manifest));
    if (!own) {
      batches.push([fault]);
      continue;
    }
    const concerned = (batch: Fault[], ids: readonly string[]): boolean =>
      batch.some((one) => [...idsOf(one), ...one.passes].some((id) => ids.includes(id)));
    const failingIn = (batch: Fault[]): string[] => batch.flatMap((one) => idsOf(one));
    const fits = open.find(
      (batch) => !concerned(batch, failed) && !fault.passes.some((id) => failingIn(batch).includes(id)),
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
