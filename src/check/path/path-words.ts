/** `10.10.0.7:5000`, `3 endpoints: 10.10.0.7:5000, ...` */
export function endpointsText(targets: readonly string[]): string {
  if (targets.length === 1) return targets[0]!;
  return `${targets.length} endpoints: ${targets.slice(0, 3).join(', ')}${targets.length > 3 ? ', ...' : ''}`;
}
