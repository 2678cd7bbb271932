import type { Finding } from '../../record/finding.js';

/** The stations of a call, in their order. */
export const pathHops = [
  'capture',
  'dns',
  'listener',
  'route',
  'cluster',
  'balancing',
  'endpoint',
  'way',
  'gateway',
  'gateway cluster',
  'remote endpoint',
  'mtls',
  'policy',
  'application',
] as const;
export type PathHop = (typeof pathHops)[number];

/** What was seen at one station. */
export interface Step {
  hop: PathHop;
  cluster: string;
  /** What was looked at: `pod sample/sleep-7b6f`. */
  at: string;
  is: 'ok' | 'broken' | 'cannot tell';
  says: string;
  /** What to do, where it is broken. */
  remedy?: string;
  /** The cluster that the commands of the remedy are for, where that is another one. */
  remedyFor?: string;
  facts?: Finding['facts'];
}

/** The way of a call to one endpoint, or to several that are alike. It ends at the first station that is broken. */
export interface Trace {
  /** The cluster that it ends in; undefined where the endpoint belongs to none that is known. */
  to?: string;
  /** `172.18.255.1:15443` or `no endpoint`. */
  endpoint: string;
  /** Part of the calls that take this way by Envoy's own weights: 0 to 1. */
  share: number;
  /** How many endpoints take the same way. */
  endpoints: number;
  steps: Step[];
}

/** A pod that calls. */
export interface Caller {
  cluster: string;
  namespace: string;
  pod: string;
}

/** A port of a service. */
export interface Called {
  namespace: string;
  name: string;
  port: number;
  /** Path of the request, where the service speaks HTTP. */
  path: string;
}

/** Every way that calls of one pod to one port may take. */
export interface Path {
  caller: Caller;
  called: Called;
  /** What all calls have in common; where it ends broken, no call goes on. */
  before: Step[];
  traces: Trace[];
  /** Clusters with ready pods of the service to which no endpoint leads. */
  missing: Trace[];
}

/** The step at which a way ends. */
export function lastOf({ steps }: Pick<Trace, 'steps'>): Step | undefined {
  return steps.at(-1);
}

/** Whether calls that take it arrive. */
export function delivers(trace: Trace): boolean {
  return trace.steps.every(({ is }) => is === 'ok');
}

/** The first broken step of a path, by the order of the stations, with the way that it is on. */
export function firstBreak({ before, traces, missing }: Path): { step: Step; trace?: Trace } | undefined {
  const stop = before.find(({ is }) => is === 'broken');
  if (stop) return { step: stop };
  const broken = [...traces, ...missing].flatMap((trace) => {
    const step = trace.steps.find(({ is }) => is === 'broken');
    return step ? [{ step, trace }] : [];
  });
  return broken.sort((a, b) => b.trace.share - a.trace.share)[0];
}

/** Steps that could not be told. */
export function untold({ before, traces, missing }: Path): Step[] {
  return [before, ...[...traces, ...missing].map(({ steps }) => steps)].flat().filter(({ is }) => is === 'cannot tell');
}

/** The part of the calls that do not arrive, 0 to 1, of which Envoy decides: what no endpoint leads to takes no share. */
export function lost({ before, traces }: Path): number {
  if (before.some(({ is }) => is === 'broken')) return 1;
  return traces
    .filter(({ steps }) => steps.some(({ is }) => is === 'broken'))
    .reduce((sum, { share }) => sum + share, 0);
}
