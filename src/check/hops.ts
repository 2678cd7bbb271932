/** Where on the way of a call, or beside it, a check looks; in the order in which a reader should hear of it. */
export const hops = [
  'host',
  'control plane',
  'injection',
  'workload',
  'dns',
  'route',
  'cluster',
  'balancing',
  'endpoint',
  'way',
  'gateway',
  'mtls',
  'policy',
  'egress',
  'telemetry',
  'validation',
] as const;
export type Hop = (typeof hops)[number];

/** Hops that only some areas of behaviours meet; every area meets all others. */
const only: Partial<Record<Hop, readonly string[]>> = {
  balancing: ['load-balancing', 'locality', 'traffic'],
  egress: ['egress', 'traffic'],
  telemetry: ['control-plane'],
  // no call goes wrong by it: who is about it says so
  validation: [],
};

/** Whether what is broken at a hop can explain a failed behaviour of an area. */
export function meets(area: string, hop: Hop): boolean {
  return only[hop]?.includes(area) ?? true;
}
