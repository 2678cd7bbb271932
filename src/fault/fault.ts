import type { ClusterHandle } from '../provider/cluster-handle.js';
import { servedBy } from '../topology/mesh-layout.js';
import type { Features } from '../topology/plan-types.js';
import type { BehaviourId } from '../record/behaviour-ids.gen.js';
import type { FindingId } from '../record/finding-ids.gen.js';
import type { Breakage } from './breakage.js';
import type { ManifestChange } from './manifest-change.js';

/** What a fault knows of the mesh that it breaks. */
export interface Mesh {
  clusters: readonly ClusterHandle[];
  features: Features;
  /** The first primary: where a fault looks from. */
  one: ClusterHandle;
  /** The cluster after it in the topology, which `one` can no longer reach. `one` itself if it is the only cluster. */
  two: ClusterHandle;
  /** Names of all clusters. */
  names: string[];
  /** The cluster whose istiod serves this one, and where its configuration is applied: a primary itself. */
  primaryOf(cluster: ClusterHandle): ClusterHandle;
  /** Names of the clusters that the istiod of this cluster serves, of a remote that of its primary: its configuration is theirs. */
  servedBy(cluster: ClusterHandle): string[];
  /** Names of the clusters from which calls pass a gateway that has the configuration of this cluster. */
  callersInto(cluster: ClusterHandle): string[];
}

/** Which behaviours must fail, and in which clusters. */
export type Demands = { readonly [Id in BehaviourId]?: readonly string[] };

/** A file of evidence and what must, or must not, stand in it. */
export interface EvidenceDemand {
  /** Below the evidence of the topology: `cluster1/secrets.txt`. */
  file: string;
  has?: string;
  lacks?: string;
}

/** A deliberate breakage of a real mesh, with what must notice it: the default export of a file in catalogue/. */
export type Fault = Breaking & Named;

/** The finding by which it must be named; or that no check finds it yet, which is counted. */
export type Named = { finding: FindingId; names?: undefined } | { finding?: undefined; names: 'none yet' };

interface Breaking {
  /** Stable: `remote-secret-missing`, the name of its file. */
  id: string;
  /** What is wrong, for a reader. */
  title: string;
  /** Features of a topology that can have it, as in the suites. */
  requires?: readonly string[];
  /** Features of a topology on which it does harm by itself. On any other it does so only while a behaviour changes the mesh. */
  harms?: readonly string[];
  /** Breaks the live mesh and returns when that has had its effect: what is asked before would still be right. */
  break?(mesh: Mesh, breakage: Breakage): Promise<void>;
  /** Or: what is wrong in the configuration that behaviours apply themselves. */
  manifests?: readonly ManifestChange[];
  /** What must fail: as few behaviours as name it best, because each waits for its whole time limit. */
  fails(mesh: Mesh): Demands;
  /** Behaviours that must not notice it. */
  passes: readonly BehaviourId[];
  /** What the evidence of the failure must show. */
  evidence?(mesh: Mesh): readonly EvidenceDemand[];
}

/** The behaviours that must fail, each with the clusters in which it must; one that must in none is left out. */
export function failing(demands: Demands): [id: string, clusters: readonly string[]][] {
  return Object.entries(demands).filter(([, clusters]) => clusters.length > 0);
}

/** A fault, checked by the compiler. */
export function defineFault(fault: Fault): Fault {
  return fault;
}

/** The view that faults have of clusters; for a list of faults the clusters need not exist. */
export function meshOf(clusters: readonly ClusterHandle[], features: Features): Mesh {
  const one = clusters.find(({ role }) => role === 'primary')!;
  const two = clusters[(clusters.indexOf(one) + 1) % clusters.length]!;
  const served = ({ name, primary = name }: ClusterHandle): ClusterHandle[] => servedBy(clusters, primary);
  const namesOf = (some: readonly ClusterHandle[]): string[] => some.map(({ name }) => name);
  return {
    clusters,
    features,
    one,
    two,
    names: namesOf(clusters),
    primaryOf: ({ name, primary = name }) => clusters.find((cluster) => cluster.name === primary)!,
    servedBy: (cluster) => namesOf(served(cluster)),
    callersInto: (cluster) =>
      namesOf(clusters.filter(({ network }) => served(cluster).some((near) => near.network !== network))),
  };
}
