import type { V1ObjectMeta } from '@kubernetes/client-node';
import { runLabel, runSelector } from '../run/object-labels.js';
import { appliedByIstioctl, owningResourceLabel } from './istioctl/operator-labels.js';

/** A label selector, and which of the objects that it picks are meant. */
export interface Picked {
  selector: string;
  is(metadata: V1ObjectMeta): boolean;
}

/** Whether an object of these labels was installed for a run, by whichever installer. */
export function installedBy(labels: Record<string, string> | undefined, runId: string): boolean {
  return labels?.[runLabel] === runId || appliedByIstioctl(labels, runId);
}

/** What was installed for a run: istioctl has labels of its own, all others carry the run's. */
export function installedFor(runId: string): Picked[] {
  return [
    { selector: owningResourceLabel, is: ({ labels }) => appliedByIstioctl(labels, runId) },
    { selector: runSelector(runId), is: () => true },
  ];
}
