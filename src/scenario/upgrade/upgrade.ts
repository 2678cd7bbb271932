import { minorOf, minorsAhead } from '../../topology/version.js';
import type { ControlPlane } from '../../topology/plan-types.js';

export const strategies = ['canary', 'in-place'] as const;
/** `canary`: a new revision beside the old one, which goes at the end. `in-place`: the revision stays and gets another version. */
export type Strategy = (typeof strategies)[number];

/** What of a cluster takes the place of what. Of a remote: what leads to the istiod of its primary. */
export interface Successor {
  cluster: string;
  before: ControlPlane;
  after: ControlPlane;
  /** The revision or tag that the cluster's namespaces name. */
  dataPlane: { before: string; after: string };
}

/** An upgrade of a mesh, or a downgrade, as it was asked for. */
export interface Upgrade {
  from: string;
  to: string;
  strategy: Strategy;
  /** One for each cluster that is upgraded, in the order in which they are; a remote comes after its primary. */
  clusters: Successor[];
}

/** How many minor versions one change may cross. */
const mostMinors: Record<Strategy, number> = { canary: 2, 'in-place': 1 };

/**
 * Why Istio cannot be changed from one version to another in this way, as a sentence; undefined where it can. By Istio's own
 * pages: an upgrade in place is from one minor version to the next, one by revisions may leave out a minor version.
 */
export function unsupported(from: string, to: string, strategy: Strategy): string | undefined {
  if (from === to) return `Istio ${to} is the current version already`;
  const ahead = minorsAhead(to, from);
  if (ahead === undefined) return `the distance between Istio ${from} and ${to} is unknown`;
  const most = mostMinors[strategy];
  if (Math.abs(ahead) <= most) return undefined;
  const minors = most === 1 ? 'one minor version' : `${most} minor versions`;
  return `from Istio ${minorOf(from)} to ${minorOf(to)} is more than ${minors}, which is the most that ${strategy} may cross`;
}

/** What is supported, for the one who is refused. */
export const supported =
  'canary: up to two minor versions apart; in-place: the same or the next minor version; both up and down';

/** Name of the revision of a version: `1-31-0`. */
export function revisionOf(version: string): string {
  return version
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 30)
    .replace(/-$/, '');
}

/** What of a mesh acts are about beside its control planes. */
export interface Movable {
  namespaces: readonly string[];
  /** Clusters that have an east-west gateway. */
  gateways: readonly string[];
}
