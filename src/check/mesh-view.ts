import { aimedAt, reachOptions } from './aimed-remedy.js';
import type { MeshState } from '../mesh/mesh-state.js';
import type { Features, Plan } from '../topology/plan-types.js';
import { sampleNamespace } from '../topology/mesh-names.js';
import type { Source } from './check.js';
import { ClusterView, type Memory } from './cluster-view.js';
import { isAsDeclared, nothingDeclared, type Declared, type ListedObject } from './declared.js';
import type { Kind, Objects } from './object-kinds.js';
import { UndeclaredSource } from './undeclared-source.js';

/** A workload with a sidecar from which a cluster is looked at. */
export interface Client {
  namespace: string;
  /** Pod name or `deploy/name`. */
  workload: string;
}

/** What a look at a mesh is about. */
export interface LookOptions {
  /** Namespaces of the services that are asked about; default: that of the sample. */
  namespaces?: readonly string[];
  /** By cluster; default: sleep of the sample. A cluster that is not in it has none. */
  clients?: Readonly<Record<string, Client>>;
  /** Nothing may be run in a pod: what depends on that cannot be told. */
  noExec?: boolean;
  /** The namespaces that a behaviour has for itself. */
  own?: readonly string[];
  /** What a behaviour has made, and changed on purpose. */
  declared?: Declared;
}

/**
 * A mesh as checks see it at one moment: what was read once is not read again. A check gets a view of its own (`only`), by which it
 * can read nothing but what it says it reads.
 */
export class MeshView {
  readonly plan: Plan;
  readonly features: Features;
  readonly clusters: readonly ClusterView[];
  readonly own: readonly string[];
  private readonly given: Declared;

  constructor(
    private readonly state: MeshState,
    private readonly options: LookOptions = {},
    private readonly signal?: AbortSignal,
    private readonly sources?: ReadonlySet<Source>,
    private readonly memory: Memory = new Map(),
  ) {
    this.plan = state.plan;
    this.features = state.plan.features;
    this.own = options.own ?? [];
    this.given = options.declared ?? nothingDeclared;
    const reading = { signal, memory, sources, noExec: options.noExec };
    this.clusters = state.clusters.map((handle) => new ClusterView(handle, state.clusters, reading));
  }

  /** The same moment, for a check that reads these sources alone. */
  only(sources: readonly Source[]): MeshView {
    return new MeshView(this.state, this.options, this.signal, new Set(sources), this.memory);
  }

  /** A remedy whose commands go to the cluster that it is about. */
  aimed(remedy: string, cluster: string | undefined): string {
    const handle = this.state.clusters.find(({ name }) => name === cluster);
    return handle ? aimedAt(remedy, reachOptions(handle)) : remedy;
  }

  /** The cluster whose istiod serves this one, and takes its configuration. */
  primaryOf({ istiod }: ClusterView): ClusterView {
    return this.clusters.find(({ name }) => name === istiod.cluster)!;
  }

  /** Clusters in other networks than this one's. */
  farFrom({ network }: ClusterView): ClusterView[] {
    return this.clusters.filter((other) => other.network !== network);
  }

  /**
   * Of what there is of a kind, with the cluster that it is in, what was not declared just so: a behaviour may want what would be a
   * mistake elsewhere.
   */
  async unexpected<K extends Kind>(
    cluster: ClusterView,
    kind: K,
    namespaces: readonly string[] = this.configured(cluster),
  ): Promise<Objects[K][]> {
    const found = await cluster.listIn(kind, namespaces);
    return found.filter((object) => !isAsDeclared(this.declared, cluster.name, kind, object as ListedObject));
  }

  /** The same moment without a behaviour's own namespaces. */
  get sampleOnly(): MeshView {
    return new MeshView(this.state, { ...this.options, own: [] }, this.signal, this.sources, this.memory);
  }

  get primaries(): ClusterView[] {
    return this.clusters.filter(({ role }) => role === 'primary');
  }

  /** Namespaces whose workloads are looked at: those asked about, and a behaviour's own. */
  get workloadNamespaces(): string[] {
    return [...this.namespaces, ...this.own];
  }

  /** Namespaces of the services that are asked about. */
  get namespaces(): readonly string[] {
    return this.options.namespaces ?? [sampleNamespace];
  }

  /** These namespaces in every cluster. */
  get places(): { cluster: ClusterView; namespace: string }[] {
    return this.clusters.flatMap((cluster) => this.namespaces.map((namespace) => ({ cluster, namespace })));
  }

  /** Whether the mesh is meshproof's: its topology says what there must be. */
  get planned(): boolean {
    return this.options.namespaces === undefined;
  }

  /** The workload from which a cluster is looked at; undefined where none has a sidecar. */
  clientIn({ name }: ClusterView): Client | undefined {
    return this.planned ? { namespace: sampleNamespace, workload: 'deploy/sleep' } : this.options.clients?.[name];
  }

  /** Namespaces whose configuration counts for those workloads. */
  configured({ istiod: { namespace } }: ClusterView): string[] {
    return [namespace, ...this.workloadNamespaces];
  }

  /** What a behaviour has declared; a check that reads it says so. */
  get declared(): Declared {
    if (this.sources && !this.sources.has('declared')) throw new UndeclaredSource('declared');
    return this.given;
  }
}
