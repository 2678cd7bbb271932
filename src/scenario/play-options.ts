import type { Steps } from '../kernel/steps.js';
import type { MeshState } from '../mesh/mesh-state.js';
import type { ActRecord } from '../record/change-record.js';
import type { Programs } from '../supply/program-paths.js';
import type { Budgets } from './budgets.js';
import type { SeenMesh } from './compare-findings.js';
import type { SharedService } from './load-plan.js';
import type { OwnCalls } from './own-calls.js';
import type { Act, Away } from './scenario.js';

/** How long the phases around a change are, in milliseconds. */
export interface PhaseLengths {
  /** Load whose calls are not judged: proxies learn of the new endpoints. */
  settle: number;
  /** Load without a change; a loss in it leaves everything else undetermined. */
  baseline: number;
  /** All paths must be clean for as long at the end. */
  clean: number;
  /** How long that may take; what is lost by then is broken. */
  recoveryLimit: number;
  /** Load after the recovery; a loss in it is broken. */
  after: number;
}

export const phaseLengths: PhaseLengths = {
  settle: 5_000,
  baseline: 60_000,
  clean: 30_000,
  recoveryLimit: 180_000,
  after: 10_000,
};

/** For a pipeline that must be quick: a loss that comes less than once in 15 s may be missed in the baseline. */
export const quickPhaseLengths: PhaseLengths = { ...phaseLengths, baseline: 15_000, clean: 10_000, after: 5_000 };

/** What a change is played with. */
export interface PlayOptions {
  /** Of the record: `UPG-1`, `guard`. */
  id: string;
  title: string;
  /** The mesh before the change; it must be up and taken by this process. */
  mesh: MeshState;
  programs: Programs;
  /** Played one after the other, from the first on; one that fails ends it, and the load goes on until the mesh has recovered. */
  acts: readonly Act[];
  steps: Steps;
  /** The report's folder; every call is written to a file below it. */
  folder: string;
  budgets: Budgets;
  phases?: PhaseLengths;
  /** Clusters whose own clients cannot call while some of the acts are played: a call that they do not make then is not missed. */
  away?: Away;
  /** Whether a service that every cluster has servers of is called as well. */
  shared?: SharedService;
  /** Whether the load brings gateways with an address of a load balancer, which a cloud makes and charges for; default true. */
  ingress?: boolean;
  /** Calls a second of each client on each path and lane: 10, 5 or 2. Default: the highest of them that can be measured, which is tried for 30 s. */
  perSecond?: number;
  /**
   * Proves after an act what must hold after it, under load. Returns the verdicts; one other than `passed` does not end the
   * change.
   */
  prove?(act: Act, mesh: MeshState): Promise<NonNullable<ActRecord['held']>>;
  /** Takes back what acts have changed, when one of them fails or is interrupted. Never throws. */
  takeBack?(): Promise<void>;
  /** Whether the findings of all checks before and after are compared; default true. */
  compare?: boolean;
  /** Labels of the load's namespace, by cluster; default: those by which the sample's proxies are injected. */
  injection?: Readonly<Record<string, Record<string, string>>>;
  /** What the paths of the user come to. */
  own?: OwnCalls;
  /**
   * Only of a mesh that is known by its clusters alone: reads what it is at this moment, and what checks look at there. A check that
   * cannot tell leaves the change undetermined then, because no topology says what there must be.
   */
  seen?(): Promise<SeenMesh>;
}
