/** `10.10.0.7:5000`, `3 endpoints: 10.10.0.7:5000, ...` */
export function endpointsText(targets: readonly string[]): string {
  if (targets.length === 1) return targets[0]!;
  return `${targets.length} endpoints: ${targets.slice(0, 3).join(', ')}${targets.length > 3 ? ', ...' : ''}`;
}

/** `40 %` */
export function percent(share: number): string {
  const number = share * 100;
  return `${number > 0 && number < 1 ? '<1' : Math.round(number)} %`;
}
