import type { ChangeRecord } from '../../record/change-record.js';

/** What is known of the load's gateway in one cluster. */
export type IngressState =
  /** Clients call it once it has an address. */
  | { is: 'there'; address?: string }
  /** The data plane injects no gateway: there is nothing to be called. */
  | { is: 'impossible'; why: string }
  /** It should have been called, and could not be. */
  | { is: 'silent'; why: string };

/** By cluster; one that is missing has no gateway. */
export type Ingress = Readonly<Record<string, IngressState>>;

/** Whether a cluster has a gateway of the load. */
export function hasGateway(ingress: Ingress = {}, cluster: string): boolean {
  return ingress[cluster]?.is === 'there';
}

/** The address of a cluster's gateway; undefined where it has none, or none yet. */
export function ingressAddress(ingress: Ingress = {}, cluster: string): string | undefined {
  const state = ingress[cluster];
  return state?.is === 'there' ? state.address : undefined;
}

/** The clusters in which the lane did not run, each with the reason. */
export function lanesNotRun(ingress: Ingress = {}): ChangeRecord['load']['lanesNotRun'] {
  return Object.keys(ingress)
    .toSorted()
    .flatMap((cluster) => {
      const state = ingress[cluster]!;
      return state.is === 'there' ? [] : [{ lane: 'ingress' as const, why: `${cluster}: ${state.why}` }];
    });
}

/** Whether a change has paths through the gateway of a cluster: also where it should have been called, and could not be. */
export function hasPaths(ingress: Ingress = {}, cluster: string): boolean {
  return hasGateway(ingress, cluster) || whySilent(ingress, cluster) !== undefined;
}

/** Why the gateway of a cluster was never called; undefined where it was. */
export function whySilent(ingress: Ingress = {}, cluster: string): string | undefined {
  const state = ingress[cluster];
  return state?.is === 'silent' ? state.why : undefined;
}
