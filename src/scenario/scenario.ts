import type { MeshState } from '../mesh/mesh-state.js';
import type { Programs } from '../supply/program-paths.js';
import type { Plan } from '../topology/plan-types.js';
import type { Budgets } from './budgets.js';
import type { ScenarioId } from './scenario-ids.gen.js';
import type { SharedService } from './load-plan.js';
import type { StandingChanges } from './standing-changes.js';

/** The load that runs while acts are played. */
export interface ActLoad {
  /** Its namespace, the same in every cluster. */
  readonly namespace: string;
  /**
   * Lets the proxies of the load in a cluster follow a revision or tag, as every namespace of the mesh is moved: its servers are
   * replaced without a gap, then its clients one after the other. Returns when all of them run.
   */
  follow(cluster: string, dataPlane: string): Promise<void>;
}

/** What an act works with. */
export interface ActContext {
  /** The mesh as the acts before have left it. */
  mesh: MeshState;
  programs: Programs;
  load: ActLoad;
  signal: AbortSignal;
  /** Notes an event within the act, with the time of the call: `helloworld-v1 restarted`. */
  mark(event: string): void;
}

/** One step of a change. */
export interface Act {
  /** `istiod/cluster1`; unique in its scenario. */
  id: string;
  /** What it does, for a person. */
  title: string;
  cluster?: string;
  /**
   * Does it, and ends when it has taken effect. It can be done again after it was interrupted. Returns the mesh where the act
   * changed what the state says of it. Throws a MeshproofError with the cause when it cannot be done.
   */
  do(context: ActContext): Promise<MeshState | void>;
  /** Takes it back, as `do` does it; without it, nothing before this act can be taken back either. */
  undo?(context: ActContext): Promise<MeshState | void>;
  /** Ids of the behaviours that must hold after it. */
  holds?: readonly string[];
}

/** Clusters that a scenario stops, and the ids of the acts in which they are stopped. */
export interface Away {
  clusters: readonly string[];
  acts: readonly string[];
}

/** A sequence of acts on one mesh under continuous load: the default export of a file in catalogue/. */
export interface Scenario {
  id: ScenarioId;
  title: string;
  /** Features of a topology that it can be played on, as in the suites. */
  requires?: readonly string[];
  /** Why it cannot be played on clusters that meshproof did not make; undefined where it can. */
  ownClusters?: string;
  /** Why it cannot be played on a mesh of this plan, where features do not say it; undefined where it can. */
  notFor?(plan: Plan): string | undefined;
  /** In their order. What they change is taken back by `changes`, at the latest after the last one. */
  acts(plan: Plan, changes: StandingChanges): Act[];
  /** What may be lost in its acts, and why; without an entry nothing. A user's file takes the place of all of them. */
  budgets?(plan: Plan): Budgets;
  /** The clusters that it stops. */
  away?(plan: Plan): Away;
  /** Whether the load also calls a service that every cluster has servers of, and by what rule for those who call it. */
  shared?: SharedService;
}

/** A scenario, checked by the compiler. */
export function defineScenario(scenario: Scenario): Scenario {
  return scenario;
}
