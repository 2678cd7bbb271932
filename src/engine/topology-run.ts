import { rmSync } from 'node:fs';
import path from 'node:path';
import type { ClusterSource, LiveCluster } from '../provider/cluster-source.js';
import { secretsOfPlan } from '../plan/plan-secrets.js';
import { rememberSecrets } from '../kernel/secrets/known-secrets.js';
import { manifestsFolder } from '../run/run-folders.js';
import { writeState } from '../mesh/state-file.js';
import { interruption, together } from '../kernel/cancellation.js';
import type { MeshState } from '../mesh/mesh-state.js';
import { causesOf, type Timing, verdictOf, type Behaviour, type TopologyRecord } from '../record/result.js';
import { collectEvidence } from '../evidence/collect-evidence.js';
import { buildMesh } from '../mesh/build-mesh.js';
import type { StepResult } from '../mesh/mesh-handlers.js';
import { askNeeds, type Unmet } from '../check/behaviour-needs.js';
import { refreshSettings } from '../mesh/mesh-settings.js';
import { leftovers, lentNamespacesGone, removeMesh } from '../mesh/remove-mesh.js';
import { readBehaviours } from '../record/result-files.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { behavioursAtOnce, waitingBehaviours } from '../kernel/parallelism.js';
import type { EndedStep } from '../kernel/run-graph.js';
import type { Plan, PlanStep } from '../topology/plan-types.js';
import type { Programs } from '../supply/program-paths.js';
import { istioctlFor } from './istioctl-for.js';
import { learnSecretsOf } from './learn-secrets.js';
import type { Progress } from './progress.js';
import { proveRemoval } from './removal-behaviour.js';
import type { Selection } from './selection.js';
import { runSuites } from './run-suites.js';
import { archiveManifests, imagesThatRun, problemOf, recordOfUnproven, recordProxies } from './topology-record.js';
import type { MeshFlags } from './engine-options.js';

/** What was seen of a mesh before it was removed. */
type Observed = Pick<TopologyRecord, 'behaviours' | 'images' | 'evidence' | 'configuration'>;

/** One topology within a run: it is built, proven, and what is known of it is kept even when a part fails. */
export class TopologyRun {
  private readonly started = Date.now();
  private readonly state: MeshState;
  /** What went wrong other than a behaviour. */
  problem: MeshproofError | undefined;
  private readonly live = new Map<string, LiveCluster>();
  private readonly before = new Map<string, Set<string>>();
  /** Ids of the steps of the plan's graph that have ended. */
  private readonly noted = new Set<string>();
  private readonly firstTiming: number;
  /** What a reader of the record must know. */
  private readonly notes = new Set<string>();
  private provisioningMs?: number;
  private provenMs?: number;

  constructor(
    private readonly plan: Plan,
    private readonly programs: Programs,
    private readonly progress: Progress,
    private readonly source: ClusterSource,
    private readonly flags: MeshFlags,
    /** Of a mesh that is up already, which stays, and which somebody may have changed. */
    private readonly older?: MeshState,
  ) {
    this.firstTiming = progress.timings.length;
    rememberSecrets(secretsOfPlan(plan));
    const createdAt = new Date().toISOString();
    this.state = older ?? {
      version: 2,
      runId: plan.runId,
      phase: 'creating',
      createdAt,
      plan,
      clusters: [],
      timings: [],
    };
  }

  /**
   * Creates the clusters and the mesh. A failure is kept in `problem`, for the record. Only with `removable` is the state of
   * the clusters kept, which the removal of the mesh is compared with.
   */
  async build({ removable = false } = {}): Promise<void> {
    const { plan, programs, progress, state } = this;
    writeState(state);
    // of the topology before, on the same clusters
    rmSync(manifestsFolder(plan.runId), { recursive: true, force: true });
    try {
      await together(async () => {
        const options = { programs, replaceMesh: this.flags.replaceMesh, removable };
        for await (const ended of buildMesh(plan, this.source, options, progress)) this.takeNote(ended);
      });
      this.provisioningMs = Date.now() - this.started;
      state.phase = 'up';
      state.timings = this.timings();
    } catch (error) {
      this.problem = problemOf(error);
    } finally {
      writeState(state);
    }
  }

  /** Keeps what a step has brought, in the state file too: a process that is killed leaves its clusters to `down` and `gc`. */
  private takeNote({ step, result: { cluster, foreign = [], inventory } }: EndedStep<PlanStep, StepResult>): void {
    const { plan, state } = this;
    if (cluster) {
      this.live.set(cluster.handle.name, cluster);
      state.clusters = [...this.live.values()].map(({ handle }) => handle).sort((a, b) => a.name.localeCompare(b.name));
    }
    if (foreign.length > 0) state.before = { ...state.before, [step.cluster!]: foreign };
    if (inventory) this.before.set(step.cluster!, inventory);
    this.noted.add(step.id);
    // nothing of the mesh is made before its clusters have been looked at
    const looks = plan.steps.filter(({ kind }) => kind === 'inventory');
    const looked = looks.length > 0 && looks.every(({ id }) => this.noted.has(id));
    if (looked && state.phase === 'creating') state.phase = 'installing';
    if (cluster || step.kind === 'inventory') writeState(state);
  }

  /**
   * Removes the mesh and compares the remaining objects with those from before it: END-1. Returns undefined without a
   * mesh. The clusters stay.
   */
  async remove(): Promise<Behaviour | undefined> {
    if (this.problem || this.before.size === 0) return undefined;
    const { plan, progress, before } = this;
    const clusters = [...this.live.values()];
    this.state.phase = 'removing';
    writeState(this.state);
    return proveRemoval(plan.topology, async () => {
      await together(() => removeMesh(plan, clusters, this.state.before ?? {}, progress));
      this.state.phase = 'removed';
      writeState(this.state);
      return progress.step('comparison with before', {}, () => leftovers(clusters, before));
    });
  }

  /** Runs the selected behaviours against the mesh; their verdicts go into the folder `dir`. */
  async prove(dir: string, { args }: Selection, { meshStays }: { meshStays: boolean }): Promise<void> {
    if (this.problem || !args) return;
    try {
      await this.learnSecrets();
      const unmet = await this.unmetNeeds();
      const { notes, unknown } = await refreshSettings(this.state);
      for (const note of notes) this.notes.add(note);
      if (unmet && unknown) unmet.settings = unknown;
      await this.progress.step('behaviours', {}, () =>
        runSuites({
          plan: this.plan,
          dir,
          istioctl: this.programs.istioctl,
          allowDisruptive: this.flags.allowDisruptive,
          long: this.flags.long,
          workers: this.workers(behavioursAtOnce(this.flags.lanes)),
          lookFirst: this.older && { state: this.older, workers: this.workers(waitingBehaviours) },
          evidence: true,
          reports: this.flags.blobs ? 'blobs' : 'all',
          args,
          meshStays,
          unmet,
          manifestChanges: [],
          print: (line) => this.progress.print(line),
        }),
      );
      this.provenMs = Date.now() - this.started;
    } catch (error) {
      this.problem = problemOf(error);
      // a selection that selects nothing says nothing about the mesh
      if (this.problem.code === exitCode.usage) throw error;
    }
  }

  /** Before anything is written that may hold one, and at the end, when there may be others. */
  private async learnSecrets(): Promise<void> {
    for (const note of await learnSecretsOf(this.state)) this.notes.add(note);
  }

  /** Clusters that were not made for this are asked for what behaviours need of them; what they do not get is told at once. */
  private async unmetNeeds(): Promise<Unmet | undefined> {
    const { plan, state, progress } = this;
    if (plan.provider !== 'existing') return undefined;
    const unmet = await progress.step('what behaviours need', {}, () => askNeeds(plan, state.clusters));
    const room = Object.entries(unmet.room).map(([cluster, why]) => `${cluster}: ${why}`);
    for (const text of [...Object.values(unmet.images), ...room]) progress.note(`some behaviours cannot run: ${text}`);
    for (const right of unmet.rights) progress.note(`some behaviours cannot run; missing right: ${right}`);
    for (const text of unmet.unknown) progress.note(text);
    return unmet;
  }

  /** Behaviours side by side, of which the machine bears so many. */
  private workers(most: number): number {
    const { provider, external } = this.plan;
    // each worker has an external server, and as a pod in the network of a node there is room for one
    return provider === 'existing' && !external ? 1 : most;
  }

  /** Waits until a mesh that stays is as it was before the behaviours; notes what does not go. */
  async asFound(): Promise<void> {
    await lentNamespacesGone(this.state.clusters).catch((error: Error) => this.progress.note(error.message));
  }

  /** What there is to record while the mesh is up: verdicts and images, and evidence from every cluster when something is wrong. */
  async observe(dir: string): Promise<Observed> {
    const { plan, state, progress, notes } = this;
    await this.learnSecrets();
    const behaviours = await readBehaviours(dir, plan.topology);
    const wrong = this.problem !== undefined || behaviours.some((b) => ['failed', 'undetermined'].includes(b.verdict));
    let evidence: Observed['evidence'] = [];
    try {
      if (wrong) evidence = await progress.step('evidence', {}, () => this.evidence(dir));
      archiveManifests(plan, path.join(dir, 'manifests', plan.topology));
    } catch (error) {
      // the verdicts are not lost with it
      this.problem ??= problemOf(error);
    }
    const images = interruption.signal.aborted ? undefined : await imagesThatRun(state.clusters);
    const configuration = this.flags.recordConfiguration && (await recordProxies(state, dir, { progress, notes }));
    return { behaviours, images, evidence, configuration: configuration || undefined };
  }

  /** The record of the topology, once nothing more becomes of it. `removal` is END-1, where it was asked for and proven. */
  record({ behaviours: proven, ...seen }: Observed, removal?: Behaviour): TopologyRecord {
    const behaviours = removal ? [...proven, removal] : proven;
    const unproven = recordOfUnproven(this.plan, this.problem);
    return {
      ...unproven,
      features: { ...this.state.plan.features },
      ...seen,
      verdict: verdictOf({ problem: unproven.problem, behaviours }),
      timings: this.timings(),
      provisioningMs: this.provisioningMs,
      provenMs: this.provenMs,
      notes: this.notes.size > 0 ? [...this.notes] : undefined,
      findings: causesOf(behaviours),
      behaviours,
    };
  }

  /** What the clusters say; where the mesh could not be built, or proven, the host and its containers as well. */
  private evidence(dir: string): Promise<TopologyRecord['evidence']> {
    const { plan, programs, problem, state } = this;
    const unasked = interruption.signal.aborted ? 'the run was interrupted' : undefined;
    return collectEvidence(state.clusters, dir, plan.topology, {
      istioctlFor: istioctlFor(plan, programs),
      planned: plan.clusters.map(({ name }) => name),
      hostOf: problem && !unasked && plan.provider === 'kind' ? plan.runId : undefined,
      unasked,
    });
  }

  /** Of its steps so far. */
  timings(): Timing[] {
    return this.progress.timings.slice(this.firstTiming);
  }
}
