import type { Ingress } from './ingress/ingress-state.js';
import type { OwnCall } from './own-calls.js';

/** What the pods of the load have in common. */
export interface LoadPlan {
  namespace: string;
  /** Every cluster that calls and is called, in an order that does not change. */
  clusters: readonly string[];
  image: string;
  /** Labels of every object. */
  labels: Record<string, string>;
  perSecond: number;
  shared?: SharedService;
  /** What is called for the paths of the user. */
  own?: readonly OwnCall[];
  /** What is known of its gateways for calls from outside of the mesh. */
  ingress?: Ingress;
}

/** A service that every cluster has servers of. */
export interface SharedService {
  /** Of the DestinationRule for it. */
  trafficPolicy: object;
}
