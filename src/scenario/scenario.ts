import type { MeshState } from '../mesh/mesh-state.js';
import type { Programs } from '../supply/program-paths.js';
import type { Plan } from '../topology/plan-types.js';

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

/** A sequence of acts on one mesh under continuous load, with what must hold after each. */
export interface Scenario {
  /** `ROT-1` */
  id: string;
  title: string;
  /** Why it cannot be played on a mesh of this plan; undefined where it can. */
  notFor?(plan: Plan): string | undefined;
  acts(mesh: MeshState): Act[];
}

/** A scenario, checked by the compiler. */
export function defineScenario(scenario: Scenario): Scenario {
  return scenario;
}
