import { defaultRevision } from '../../topology/istio-names.js';

/** istioctl's label of every object that it applies; the value is the name of the IstioOperator. */
export const owningResourceLabel = 'install.operator.istio.io/owning-resource';

/** Name of an IstioOperator of a run. */
export function operatorName(runId: string, part: 'base' | 'gateway', revision = defaultRevision): string {
  return `meshproof-${runId}-${part}${revision === defaultRevision ? '' : `-${revision}`}`;
}

/** Whether an object of these labels was applied by istioctl for a run. */
export function appliedByIstioctl(labels: Record<string, string> | undefined, runId: string): boolean {
  return new RegExp(`^meshproof-${runId}-(base|gateway)(-|$)`).test(labels?.[owningResourceLabel] ?? '');
}

/** istioctl's label of the part of Istio that an object belongs to: Base, Pilot, Cni, IngressGateways. */
export const componentLabel = 'operator.istio.io/component';
