/** istioctl's label of every object that it applies; the value is the name of the IstioOperator. */
export const owningResourceLabel = 'install.operator.istio.io/owning-resource';

/** Name of an IstioOperator of a run. */
export function operatorName(runId: string, part: 'base' | 'gateway'): string {
  return `meshproof-${runId}-${part}`;
}

/** Picks what istioctl has applied for a run. */
export function installedSelector(runId: string): string {
  return `${owningResourceLabel} in (${operatorName(runId, 'base')},${operatorName(runId, 'gateway')})`;
}

/** Whether an object of these labels was applied by istioctl for a run. */
export function installedBy(labels: Record<string, string> | undefined, runId: string): boolean {
  const name = labels?.[owningResourceLabel];
  return name === operatorName(runId, 'base') || name === operatorName(runId, 'gateway');
}
